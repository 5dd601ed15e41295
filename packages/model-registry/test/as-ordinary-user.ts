import { chmod } from "node:fs/promises";

/** Runs an action while a folder is read-only; as another user if this one is root, whom permissions do not stop. */
export async function asOrdinaryUser(folder: string, action: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  await chmod(folder, 0o555);
  if (isRoot) process.seteuid?.(65534);
  try {
    await action();
  } finally {
    if (isRoot) process.seteuid?.(0);
    await chmod(folder, 0o755);
  }
}
