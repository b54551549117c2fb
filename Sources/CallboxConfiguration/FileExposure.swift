internal import Foundation
internal import HTTPListener
internal import Journal
internal import Providers
internal import SharedJournal

/// A secret or configuration file that other users of the machine can read or change.
///
/// This is a warning, not an error, because orchestrators choose the modes of the files they mount. Kubernetes, for
/// example, mounts a secret with mode 0644 on an in-memory file system, and root owns the file.
package struct FileExposure: Sendable, Equatable {
    package enum Content: String, Sendable {
        case secret
        case configuration
    }

    package let content: Content
    package let path: String
    /// The mode and the actions it allows others, such as `has mode 0644: others can read it`.
    package let problem: String
    package let advice: String

    /// Nil if the file is not exposed.
    ///
    /// - Parameters:
    ///   - mode: the permission bits.
    ///   - isRoots: true if root owns the file. The file's group is then assumed to be the group of the service, which
    ///     may read the file.
    ///   - isInMemory: true if the file is on an in-memory file system.
    init?(_ content: Content, path: String, mode: Int, isRoots: Bool, isInMemory: Bool) {
        let isWritable = mode & 0o022 != 0
        let isReadable = isRoots ? mode & 0o004 != 0 && !isInMemory : mode & 0o044 != 0
        guard isWritable || content == .secret && isReadable else { return nil }
        self.content = content
        self.path = path
        problem = "has mode 0\(String(mode, radix: 8)): others can \(isWritable ? "change" : "read") it"
        advice =
            switch content {
            case .configuration: "chmod go-w \(path)"
            case .secret where isRoots: "chmod 640 \(path), and set its group to that of the service"
            case .secret: "chmod 600 \(path)"
            }
    }

    /// Nil if the file is not exposed, or if the path is not a regular file but, for example, a pipe.
    fileprivate init?(_ content: Content, path: String, _ mounts: MountTable) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let resolved = URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path(percentEncoded: false)
        self.init(
            content, path: path, mode: Int(status.st_mode & 0o777), isRoots: status.st_uid == 0,
            isInMemory: ["tmpfs", "ramfs"].contains(mounts.type(of: resolved)))
    }
}

extension CallboxConfiguration {
    /// The exposed files among the configuration file and the files with secrets. Each file occurs once.
    package var exposedFiles: [FileExposure] {
        let mounts = MountTable.current
        var seen: Set<String> = []
        return [file.flatMap { FileExposure(.configuration, path: $0, mounts) }].compactMap { $0 }
            + secretFiles.filter { seen.insert($0).inserted }.compactMap { FileExposure(.secret, path: $0, mounts) }
    }

    private var secretFiles: [String] {
        let ofAPIs = providers.callableAPIs.flatMap { api in api.credentials.map { apis[api.name]?.texts[$0] } }
        let places = sources.flatMap { $0.secrets.map(\.place) } + (ofAPIs + [replication.token]).compactMap { $0 }
        var files = places.compactMap { place in
            if case .file(let path) = place { path } else { nil }
        }
        if case .file(let path)? = journal?.address.password { files.append(path) }
        return files + [tls?.keyFile, replication.tls?.keyFile].compactMap { $0 }
    }
}
