import GRDBSQLite

extension ShimmedFile {
    /// The methods that SQLite calls. Version 2 of the methods supports shared memory but not memory mapping, which the
    /// archive disables.
    nonisolated(unsafe) static let sharedMethods: UnsafePointer<sqlite3_io_methods> = {
        var methods = sqlite3_io_methods()
        methods.iVersion = 2
        methods.xClose = { $0.systemCall { $0.systemMethods.xClose($0.system) } }
        methods.xRead = { file, bytes, count, offset in file.systemCall { $0.read(bytes, count, at: offset) } }
        methods.xWrite = { file, bytes, count, offset in file.systemCall { $0.write(bytes, count, at: offset) } }
        methods.xTruncate = { file, size in file.systemCall { $0.truncate(size) } }
        methods.xSync = { file, _ in file.systemCall { $0.sync() } }
        methods.xFileSize = { file, size in file.systemCall { $0.systemMethods.xFileSize($0.system, size) } }
        methods.xLock = { file, level in file.systemCall { $0.systemMethods.xLock($0.system, level) } }
        methods.xUnlock = { file, level in file.systemCall { $0.systemMethods.xUnlock($0.system, level) } }
        methods.xCheckReservedLock = { file, response in
            file.systemCall { $0.systemMethods.xCheckReservedLock($0.system, response) }
        }
        methods.xFileControl = { file, operation, argument in
            file.systemCall { $0.systemMethods.xFileControl($0.system, operation, argument) }
        }
        methods.xSectorSize = { $0.systemCall { $0.systemMethods.xSectorSize($0.system) } }
        methods.xDeviceCharacteristics = { $0.systemCall { $0.systemMethods.xDeviceCharacteristics($0.system) } }
        methods.xShmMap = { file, region, size, extends, memory in
            file.systemCall { $0.systemMethods.xShmMap($0.system, region, size, extends, memory) }
        }
        methods.xShmLock = { file, offset, count, flags in
            file.systemCall { $0.systemMethods.xShmLock($0.system, offset, count, flags) }
        }
        methods.xShmBarrier = { file in
            _ = file.systemCall { file in
                file.systemMethods.xShmBarrier(file.system)
                return SQLITE_OK
            }
        }
        methods.xShmUnmap = { file, deletes in
            file.systemCall { $0.systemMethods.xShmUnmap($0.system, deletes) }
        }
        let shared = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        shared.initialize(to: methods)
        return UnsafePointer(shared)
    }()
}

extension UnsafeMutablePointer<sqlite3_file>? {
    fileprivate func systemCall(_ call: (ShimmedFile) -> Int32) -> Int32 {
        guard let self else { return SQLITE_MISUSE }
        return call(ShimmedFile(self))
    }
}
