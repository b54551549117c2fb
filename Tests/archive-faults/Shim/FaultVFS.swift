import Foundation
import GRDBSQLite

/// A VFS that injects faults into the system's VFS and records its operations. It is the default VFS of this process
/// (sqlite.org/vfs.html).
///
/// Syncs are recorded but not executed, because `SimulatedDisk` uses the recording to simulate power cuts.
enum FaultVFS {
    /// The VFS that was the default before `install`.
    nonisolated(unsafe) static let system: UnsafeMutablePointer<sqlite3_vfs> = {
        guard let system = sqlite3_vfs_find(nil) else { preconditionFailure("SQLite has no VFS") }
        return system
    }()

    private static let name = "callbox-faults"

    /// Must be called before the first connection is opened.
    static func install() {
        var vfs = system.pointee
        vfs.pNext = nil
        vfs.zName = UnsafePointer(strdup(name))
        vfs.szOsFile += Int32(ShimmedFile.headerByteCount)
        vfs.xOpen = { _, name, file, flags, outFlags in
            guard let file else { return SQLITE_MISUSE }
            return FaultVFS.open(name, ShimmedFile(file), flags, outFlags)
        }
        vfs.xDelete = { _, name, mustSyncFolder in
            let code = FaultVFS.system.pointee.xDelete(FaultVFS.system, name, mustSyncFolder)
            if code == SQLITE_OK, let name {
                DiskRecorder.shared.remove(String(cString: name), syncsFolder: mustSyncFolder != 0)
            }
            return code
        }
        let registered = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        registered.initialize(to: vfs)
        precondition(sqlite3_vfs_register(registered, 1) == SQLITE_OK, "SQLite rejected the VFS")
    }

    private static func open(
        _ name: UnsafePointer<CChar>?, _ file: ShimmedFile, _ flags: Int32, _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        let code = system.pointee.xOpen(system, name, file.system, flags, outFlags)
        guard code == SQLITE_OK else {
            file.methods = nil
            return code
        }
        file.methods = ShimmedFile.sharedMethods
        file.number = 0
        file.database = database(name)
        let isRecorded = flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL) != 0
        if isRecorded, let name {
            let syncsFolder = flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL) != 0
            file.number = DiskRecorder.shared.open(String(cString: name), firstSyncIncludesFolder: syncsFolder)
        }
        return code
    }

    private static func database(_ path: UnsafePointer<CChar>?) -> FaultPlan.Database {
        guard let name = path.flatMap({ String(cString: $0).split(separator: "/").last }) else { return .other }
        if name.hasPrefix("journal.sqlite") { return .journal }
        return name.hasPrefix("index.sqlite") ? .index : .other
    }
}
