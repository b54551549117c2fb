import GRDBSQLite

/// An open file of the shim: SQLite's header, the file's number in the recording, the database, and the system's file.
///
/// ```
/// 0 pMethods ─ 8 number ─ 16 which database ─ 24 the system VFS's sqlite3_file
/// ```
struct ShimmedFile {
    static let headerByteCount = 24

    private let start: UnsafeMutableRawPointer

    init(_ file: UnsafeMutablePointer<sqlite3_file>) {
        start = UnsafeMutableRawPointer(file)
    }

    var methods: UnsafePointer<sqlite3_io_methods>? {
        get { start.load(as: sqlite3_file.self).pMethods }
        nonmutating set { start.storeBytes(of: sqlite3_file(pMethods: newValue), as: sqlite3_file.self) }
    }

    /// The number of the file in the recording; 0 if the file is not recorded.
    var number: Int {
        get { start.load(fromByteOffset: 8, as: Int.self) }
        nonmutating set { start.storeBytes(of: newValue, toByteOffset: 8, as: Int.self) }
    }

    var database: FaultPlan.Database {
        get { FaultPlan.Database(rawValue: start.load(fromByteOffset: 16, as: Int.self)) ?? .other }
        nonmutating set { start.storeBytes(of: newValue.rawValue, toByteOffset: 16, as: Int.self) }
    }

    var system: UnsafeMutablePointer<sqlite3_file> {
        (start + Self.headerByteCount).assumingMemoryBound(to: sqlite3_file.self)
    }

    var systemMethods: sqlite3_io_methods {
        system.pointee.pMethods.pointee
    }

    func write(_ bytes: UnsafeRawPointer?, _ count: Int32, at offset: Int64) -> Int32 {
        let fault = FaultInjector.shared.next(.write, on: database)
        let writtenCount: Int32
        switch fault {
        case nil: writtenCount = count
        case .error(let code): return code
        case .torn: writtenCount = count / 2
        }
        let code = systemMethods.xWrite(system, bytes, writtenCount, offset)
        guard code == SQLITE_OK else { return code }
        DiskRecorder.shared.write(
            UnsafeRawBufferPointer(start: bytes, count: Int(writtenCount)), at: offset, to: number)
        return fault?.code ?? SQLITE_OK
    }

    func truncate(_ size: Int64) -> Int32 {
        // A truncation is never partial, so it can only fail completely.
        if let fault = FaultInjector.shared.next(.write, on: database) {
            return fault.code == SQLITE_FULL ? SQLITE_FULL : IOError.truncate
        }
        let code = systemMethods.xTruncate(system, size)
        if code == SQLITE_OK { DiskRecorder.shared.truncate(number, to: size) }
        return code
    }

    func sync() -> Int32 {
        let fault = FaultInjector.shared.next(.sync, on: database)
        DiskRecorder.shared.sync(number, succeeds: fault == nil)
        return fault?.code ?? SQLITE_OK
    }

    func read(_ bytes: UnsafeMutableRawPointer?, _ count: Int32, at offset: Int64) -> Int32 {
        if let fault = FaultInjector.shared.next(.read, on: database) { return fault.code }
        return systemMethods.xRead(system, bytes, count, offset)
    }
}

/// SQLite's extended result codes. In C they are macros that Swift does not import.
enum IOError {
    static let read = SQLITE_IOERR | 1 << 8
    static let write = SQLITE_IOERR | 3 << 8
    static let fsync = SQLITE_IOERR | 4 << 8
    static let truncate = SQLITE_IOERR | 6 << 8
}
