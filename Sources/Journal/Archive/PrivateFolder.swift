internal import Foundation

/// A new folder with mode 0700 and an unpredictable name, in the same folder as a file that is being created.
///
/// SQLite opens a database and its logs by their paths and follows links. Other users cannot write to this folder, so
/// they cannot plant a link or a log.
///
/// This folder is locked while it is in use. The next folder for the same file removes the unlocked folders of killed
/// processes.
final class PrivateFolder {
    let path: String
    private let descriptor: Int32

    /// - Parameter file: the path of the file. The new folder has the same parent folder, so both are on the same file
    ///   system.
    init(for file: String) throws(ArchiveError) {
        let slash = file.lastIndex(of: "/").map { file.index(after: $0) } ?? file.startIndex
        let parent = String(file[..<slash])
        let prefix = ".\(file[slash...]).part-"
        Self.removeAbandoned(in: parent, prefix)
        var template = Array((parent + prefix + "XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .system(parent.isEmpty ? "." : ArchiveDirectory(path: parent).path)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        descriptor = Self.open(path)
        guard descriptor >= 0 else {
            let code = errno
            rmdir(path)
            throw .system(path, code)
        }
        // Some network file systems have no locks. On such file systems, the folder of a killed process is never
        // removed.
        flock(descriptor, LOCK_EX | LOCK_NB)
    }

    /// The path of the only database in the folder.
    var database: String { Self.database(in: path) }

    deinit {
        Self.remove(path)
        close(descriptor)
    }

    /// Removes the folders of processes that have ended: folders that belong to this user and have no lock.
    private static func removeAbandoned(in parent: String, _ prefix: String) {
        let names = try? FileManager.default.contentsOfDirectory(atPath: parent.isEmpty ? "." : parent)
        for name in names ?? [] where name.hasPrefix(prefix) && name.utf8.count == prefix.utf8.count + 6 {
            let descriptor = open(parent + name)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o777 == 0o700,
                flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            remove(parent + name)
        }
    }

    private static func open(_ path: String) -> Int32 {
        Foundation.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    }

    private static func database(in folder: String) -> String {
        folder + "/copy"
    }

    private static func remove(_ folder: String) {
        FileSystem.removeDatabase(database(in: folder))
        rmdir(folder)
    }
}
