import Foundation
import Synchronization

/// Records SQLite's file operations while recording is on. Does not record the `-shm` file, because its contents are
/// only shared memory.
final class DiskRecorder: Sendable {
    static let shared = DiskRecorder()

    private struct State {
        var isOn = false
        var events: [DiskEvent] = []
        /// The file number of each existing file, by name.
        var files: [String: Int] = [:]
        /// The inodes by name. A changed inode shows that a file was removed and created again.
        var inodes: [String: UInt64] = [:]
        var nextFile = 1
        /// The new files whose first sync also syncs their names, as SQLite's unix VFS does for journals.
        var filesWithoutName: Set<Int> = []
        /// The number of successful syncs, by file.
        var syncCounts: [Int: Int] = [:]
    }

    private let state = Mutex(State())

    /// Starts recording. The folder must be empty.
    func start() {
        state.withLock { $0 = State(isOn: true) }
    }

    /// Stops recording. Returns the events.
    func stop() -> [DiskEvent] {
        state.withLock { state in
            let events = state.events
            state = State()
            return events
        }
    }

    /// The events recorded so far.
    var events: [DiskEvent] {
        state.withLock { $0.events }
    }

    func pause() {
        state.withLock { $0.isOn = false }
    }

    func resume() {
        state.withLock { $0.isOn = true }
    }

    /// The number of syncs, so far, of the files whose names end with `ending`.
    func syncCount(ofNameEnding ending: String) -> Int {
        state.withLock { state in
            state.files.filter { $0.key.hasSuffix(ending) }.values.reduce(0) { $0 + state.syncCounts[$1, default: 0] }
        }
    }

    /// The number of an existing or new file; 0 while recording is off.
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

    /// Forgets the inodes. Call it after the files were copied to another folder in which the operations continue.
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
