/// What reaches the disk, or has to be told apart from it, in order.
enum DiskEvent: Sendable {
    /// A name for a new, empty file.
    case create(name: String, file: Int)
    case remove(name: String)
    case write(file: Int, offset: Int, bytes: [UInt8])
    case truncate(file: Int, byteCount: Int)
    case sync(file: Int)
    case failedSync(file: Int)
    /// Names that came and went are on disk.
    case syncFolder
    /// A delivery of the workload was answered `.durable`.
    case acknowledge(delivery: Int)

    var isSync: Bool {
        if case .sync = self { true } else { false }
    }
}
