internal import Foundation

/// A temporary folder for a test. It is deleted when this object is released.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// Creates the folder with `mkdtemp`, so only its owner can use it.
    package init() throws {
        var template = Array((NSTemporaryDirectory() + "callbox-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    package func path(of name: String) -> String {
        path + "/" + name
    }

    /// Runs `body` with a folder that is deleted when `body` returns.
    package static func with<Value>(_ body: (TemporaryFolder) throws -> Value) throws -> Value {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        return try body(folder)
    }

    /// Runs `body` with a folder that is deleted when `body` returns.
    package static func with<Value>(_ body: (TemporaryFolder) async throws -> Value) async throws -> Value {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        return try await body(folder)
    }
}

extension TemporaryFolder {
    /// The names in the folder, sorted.
    package func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}
