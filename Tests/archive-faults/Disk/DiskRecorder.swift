import Foundation
import Synchronization

/// Writes down what SQLite does to its files while it is on. The `-shm` file is none of them: it is memory.
final class DiskRecorder: Sendable {
    static let shared = DiskRecorder()

    private struct State {
        var isOn = false
        var events: [DiskEvent] = []
        /// By name: numbers of the files that are there.
        var files: [String: Int] = [:]
        /// By name: the inode, because a file that was unlinked and made again has the same name.
        var inodes: [String: UInt64] = [:]
        var nextFile = 1
        /// New files whose first sync brings their names to disk as well, as SQLite's unix VFS does for journals.
        var filesWithoutName: Set<Int> = []
        /// By file: successful syncs.
        var syncCounts: [Int: Int] = [:]
    }

    private let state = Mutex(State())

    /// Begins with an empty folder.
    func start() {
        state.withLock { $0 = State(isOn: true) }
    }

    /// What was recorded since `start`.
    func stop() -> [DiskEvent] {
        state.withLock { state in
            let events = state.events
            state = State()
            return events
        }
    }

    /// What was recorded until now.
    var events: [DiskEvent] {
        state.withLock { $0.events }
    }

    func pause() {
        state.withLock { $0.isOn = false }
    }

    func resume() {
        state.withLock { $0.isOn = true }
    }

    /// Syncs so far of the file whose name ends so.
    func syncCount(ofNameEnding ending: String) -> Int {
        state.withLock { state in
            state.files.filter { $0.key.hasSuffix(ending) }.values.reduce(0) { $0 + state.syncCounts[$1, default: 0] }
        }
    }

    /// The number of the file with this path, which may be a new one; 0 while nothing is recorded.
    func open(_ path: String, firstSyncIncludesFolder: Bool) -> Int {
        withEvents { state in
            let name = Self.name(path)
            let inode = Self.inode(path)
            if let file = state.files[name] {
                if state.inodes[name] ?? inode == inode {
                    state.inodes[name] = inode
                    return file
                }
                state.events.append(.remove(name: name))
            }
            state.inodes[name] = inode
            let file = state.nextFile
            state.nextFile += 1
            state.files[name] = file
            if firstSyncIncludesFolder { state.filesWithoutName.insert(file) }
            state.events.append(.create(name: name, file: file))
            return file
        } ?? 0
    }

    func remove(_ path: String, syncsFolder: Bool) {
        withEvents { state in
            let name = Self.name(path)
            guard state.files.removeValue(forKey: name) != nil else { return }
            state.events.append(.remove(name: name))
            if syncsFolder { state.events.append(.syncFolder) }
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64, to file: Int) {
        guard file != 0 else { return }
        withEvents { $0.events.append(.write(file: file, offset: Int(offset), bytes: Array(bytes))) }
    }

    func truncate(_ file: Int, to byteCount: Int64) {
        guard file != 0 else { return }
        withEvents { $0.events.append(.truncate(file: file, byteCount: Int(byteCount))) }
    }

    func sync(_ file: Int, succeeds: Bool) {
        guard file != 0 else { return }
        withEvents { state in
            state.events.append(succeeds ? .sync(file: file) : .failedSync(file: file))
            guard succeeds else { return }
            state.syncCounts[file, default: 0] += 1
            if state.filesWithoutName.remove(file) != nil { state.events.append(.syncFolder) }
        }
    }

    func acknowledge(_ delivery: Int) {
        withEvents { $0.events.append(.acknowledge(delivery: delivery)) }
    }

    @discardableResult
    private func withEvents<Value>(_ body: (inout State) -> Value) -> Value? {
        state.withLock { $0.isOn ? body(&$0) : nil }
    }

    /// The files were copied, as they are, to another folder: operations there go on with them.
    func filesWereCopied() {
        withEvents { $0.inodes = [:] }
    }

    private static func inode(_ path: String) -> UInt64 {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    private static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
