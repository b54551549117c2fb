/// The operations on a disk and the acknowledgements, in order.
enum DiskEvent: Sendable {
    /// A new empty file was created with a name.
    case create(name: String, file: Int)
    case remove(name: String)
    case write(file: Int, offset: Int, bytes: [UInt8])
    case truncate(file: Int, byteCount: Int)
    case sync(file: Int)
    case failedSync(file: Int)
    /// The folder was synced, so all created and removed names are on disk.
    case syncFolder
    /// A delivery was acknowledged as durable.
    case acknowledge(delivery: Int)

    var isSync: Bool {
        if case .sync = self { true } else { false }
    }
}
