internal import Foundation
internal import TestKit

/// A file's part of storage/schema.sql: what a new file is made of, for people and for this comparison.
package struct GoldenSchema {
    /// In order, without comments and closing semicolons.
    package let statements: [String]

    /// - Parameter file: such as `journal.sqlite`; its part begins with the line `-- # journal.sqlite`.
    package init(of file: String) throws {
        let text = try String(
            contentsOf: ProjectFolder.root.appending(path: "storage/schema.sql"), encoding: .utf8)
        let parts = text.components(separatedBy: "\n-- # ").filter { $0.hasPrefix(file + "\n") }
        guard parts.count == 1 else { throw CocoaError(.fileReadCorruptFile) }
        statements = Self.statements(parts[0].dropFirst(file.count))
    }

    /// The statements of SQL text whose statements are separated by empty lines, without comments and closing semicolons.
    package static func statements(_ text: some StringProtocol) -> [String] {
        text.components(separatedBy: "\n\n").compactMap { paragraph in
            let lines = paragraph.split(separator: "\n").filter { !$0.hasPrefix("--") }
            let statement = lines.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
            guard !statement.isEmpty else { return nil }
            return statement.hasSuffix(";") ? String(statement.dropLast()) : statement
        }
    }

    /// The statements that begin with `word`.
    package func statements(beginningWith word: String) -> [String] {
        statements.filter { $0.hasPrefix(word + " ") }
    }
}
