import Foundation
import TestKit

/// storage/schema.sql: what a new archive is made of, for people and for this comparison.
struct GoldenSchema {
    /// In order, without comments and closing semicolons.
    let statements: [String]

    init() throws {
        let text = try String(
            contentsOf: ProjectFolder.root.appending(path: "storage/schema.sql"), encoding: .utf8)
        statements = text.components(separatedBy: "\n\n").compactMap { paragraph in
            let lines = paragraph.split(separator: "\n").filter { !$0.hasPrefix("--") }
            let statement = lines.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
            guard !statement.isEmpty else { return nil }
            return statement.hasSuffix(";") ? String(statement.dropLast()) : statement
        }
    }

    /// The statements that begin with `word`.
    func statements(beginningWith word: String) -> [String] {
        statements.filter { $0.hasPrefix(word + " ") }
    }
}
