internal import Foundation

/// Formats a manual page with the macros of man(7).
package enum ManualPage {
    /// - Parameter sections: the titles and texts, which are already in roff.
    package static func page(_ name: String, version: String, _ sections: [(title: String, text: String)]) -> String {
        ".TH \(name.uppercased()) 1 \"\" \"\(name) \(version)\" \"User Commands\"\n"
            + sections.map { ".SH \($0.title)\n\($0.text)" }.joined()
    }

    package static func list(_ entries: [(name: String, meaning: String)]) -> String {
        entries.map { ".TP\n.B \(roff($0.name))\n\(roff($0.meaning))\n" }.joined()
    }

    /// Formats text and keeps its line breaks.
    package static func literal(_ text: String) -> String {
        ".nf\n\(roff(trimmed(text)))\n.fi\n"
    }

    /// Escapes backslashes and hyphens, and lines that start like a roff request.
    package static func roff(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let escaped = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
            return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : String(escaped)
        }.joined(separator: "\n")
    }

    package static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.last == "\n" { text.removeLast() }
        while text.first == "\n" { text.removeFirst() }
        return String(text)
    }
}

/// A generated page in the folder docs. A test compares it with the generated text.
package enum GeneratedPage {
    /// The stored page. With `CALLBOX_WRITE_GOLDEN=1`, the generated text replaces the stored page first.
    package static func stored(_ name: String, generated text: String) throws -> String {
        let path = ProjectFolder.root.appending(path: "docs/" + name).path()
        if ProcessInfo.processInfo.environment["CALLBOX_WRITE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: URL(filePath: path))
        }
        return try String(contentsOfFile: path, encoding: .utf8)
    }
}
