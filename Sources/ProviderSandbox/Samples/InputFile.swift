internal import Foundation

/// Reads files of the samples folder, each whole and none without a bound.
enum InputFile {
    /// As much as a receiver takes at most.
    static let requestByteCountLimit = 64 * 1024 * 1024
    static let expectedByteCountLimit = 16 * 1024 * 1024
    static let secretByteCountLimit = 64 * 1024

    static func read(_ path: String, byteCountLimit: Int) throws(SandboxFailure) -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else {
            guard FileManager.default.fileExists(atPath: path) else { throw .missingFile(path: path) }
            throw .unreadableFile(path: path, problem: "it may not be read")
        }
        defer { try? file.close() }
        let bytes: Data?
        do {
            bytes = try file.read(upToCount: byteCountLimit + 1)
        } catch {
            throw .unreadableFile(path: path, problem: "it is not a file that can be read")
        }
        guard let bytes else { return [] }
        guard bytes.count <= byteCountLimit else {
            throw .unreadableFile(path: path, problem: "it is larger than \(byteCountLimit) bytes")
        }
        return Array(bytes)
    }
}
