// Folders on disk, for Node.

export {};
