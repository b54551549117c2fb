internal import Foundation

/// Where an archive and the files beside it are.
package struct ArchiveLocation: Sendable, Equatable {
    /// The SQLite file; SQLite keeps `-wal` and `-shm` beside it.
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// Held by whoever may write. It stays when nobody does.
    package var lockPath: String {
        path + ".lock"
    }

    /// Where a running server takes requests to write from the command line.
    package var controlSocketPath: String {
        path + ".sock"
    }

    package var exists: Bool {
        FileManager.default.fileExists(atPath: path)
    }

    /// Creates the folder where it is missing, for its owner alone.
    func createFolder() throws(ArchiveError) {
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .cannotOpen(path: folder, reason: "the folder cannot be created")
        }
    }

    /// Creates the file, for its owner alone; SQLite gives the files it keeps beside it the same mode.
    func createFile() throws(ArchiveError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        close(descriptor)
    }

    /// Makes the folder's entry of a new file survive a power cut.
    func syncFolder() {
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        let descriptor = open(folder, O_RDONLY)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
