internal import Foundation

/// The file that `--out` names: the exact bytes of one body, readable by its owner only.
package struct BodyFile: Sendable {
    private let path: String

    /// Finds out early whether the file can be written. Only a regular file is replaced, never a device or a folder.
    package init(path: String) throws(SandboxFailure) {
        self.path = path
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let type = attributes?[.type] as? FileAttributeType
        guard type == nil || type == .typeRegular else {
            throw .cannotWriteFile(path: path, problem: "it is there and is no regular file")
        }
        guard FileManager.default.isWritableFile(atPath: Self.folder(of: path)) else {
            throw .cannotWriteFile(path: path, problem: "its folder is missing or may not be written")
        }
    }

    /// Replaces the file whole: whoever reads it sees the body before or the body now.
    package func write(_ body: [UInt8]) throws(SandboxFailure) {
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: path, contents: Data(body), attributes: attributes) else {
            throw .cannotWriteFile(path: path, problem: "the disk did not take it")
        }
    }

    private static func folder(of path: String) -> String {
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        return folder.isEmpty ? "." : folder
    }
}
