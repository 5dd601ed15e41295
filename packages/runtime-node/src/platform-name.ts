/** Names the platform as onnxruntime-node's binaries tell platforms apart: "darwin-x64", "linux-x64 (musl)". */
export function platformName(): string {
  const name = `${process.platform}-${process.arch}`;
  return process.platform === "linux" && !usesGlibc() ? `${name} (musl)` : name;
}

function usesGlibc(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime !== undefined;
}
