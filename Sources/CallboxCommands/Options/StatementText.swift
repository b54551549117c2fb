internal import Foundation
internal import ReportIndex
internal import TerminalOutput

/// The statement and the parameters of `callbox sql`.
enum StatementText {
    /// The maximum number of bytes to read. Higher than SQLite's limit for statements, so a statement that is too long
    /// fails later, with a better message.
    private static let byteCountLimit = 1 << 20

    static func read(_ statement: String, file: String?) throws(CommandFailure) -> String {
        if file == nil, statement != "-" { return statement }
        let data =
            try file.map { path throws(CommandFailure) in try GivenBytes.data(path, byteCountLimit: byteCountLimit) }
            ?? (try? FileHandle.standardInput.read(upToCount: byteCountLimit)) ?? Data()
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure(.damagedData, "the statement is not UTF-8 text")
        }
        return text
    }

    /// Parses parameters: `name=value` is text, `name:=value` is a number or null.
    static func parameters(_ texts: [String]) throws(CommandFailure) -> [String: SQLValue] {
        var values: [String: SQLValue] = [:]
        for text in texts {
            guard let (name, value) = parameter(text) else {
                throw CommandFailure(
                    .usage, "--param '\(TerminalText.escape(text))' is not in the form name=value or name:=value",
                    advice: "Use name=value for text, name:=42 for a number, name:=null for NULL.")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw CommandFailure(
                    .usage, "--param names '\(TerminalText.escape(name))' twice")
            }
        }
        return values
    }

    private static func parameter(_ text: String) -> (String, SQLValue)? {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        var name = text[..<equals]
        let value = String(text[text.index(after: equals)...])
        let isTyped = name.hasSuffix(":")
        if isTyped { name.removeLast() }
        let isName = name.utf8.allSatisfy {
            $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x41...0x5a).contains($0)
                || (0x61...0x7a).contains($0)
        }
        guard !name.isEmpty, isName else { return nil }
        guard isTyped else { return (String(name), .text(value)) }
        if value == "null" { return (String(name), .null) }
        if let integer = Int64(value) { return (String(name), .integer(integer)) }
        guard let real = Double(value), real.isFinite else { return nil }
        return (String(name), .real(real))
    }
}
