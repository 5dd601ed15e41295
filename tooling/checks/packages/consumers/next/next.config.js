export default {
  output: "standalone",
  // Node loads the package, with its threads and the native library, from node_modules.
  serverExternalPackages: ["sunstep"],
};
