/// Hides secrets in JSON that has one member per line.
package enum JSONMasking {
    /// Replaces the values of secret members. Objects and arrays are replaced as a whole. Works line by line in one
    /// pass, so deep nesting needs no recursion.
    package static func mask(_ text: String) -> String {
        var lines: [Substring] = []
        var hiddenIndentation: Int?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let indentation = line.prefix { $0 == " " }.count
            if let hidden = hiddenIndentation {
                if indentation == hidden {
                    hiddenIndentation = nil
                    if line.hasSuffix(","), let last = lines.popLast() { lines.append(last + ",") }
                }
                continue
            }
            guard let (name, value) = member(line.dropFirst(indentation)), SecretNames.isSecretInCall(String(name))
            else {
                lines.append(line)
                continue
            }
            let head = line.prefix(indentation) + "\"\(name)\": \"\(Masking.mask)\""
            if value == "{" || value == "[" {
                hiddenIndentation = indentation
                lines.append(head)
            } else {
                lines.append(head + (value.hasSuffix(",") ? "," : ""))
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func member(_ line: Substring) -> (name: Substring, value: Substring)? {
        guard line.first == "\"" else { return nil }
        var isEscaped = false
        var index = line.index(after: line.startIndex)
        while index < line.endIndex {
            if isEscaped {
                isEscaped = false
            } else if line[index] == "\\" {
                isEscaped = true
            } else if line[index] == "\"" {
                let rest = line[line.index(after: index)...]
                guard rest.hasPrefix(": ") else { return nil }
                return (line[line.index(after: line.startIndex)..<index], rest.dropFirst(2))
            }
            index = line.index(after: index)
        }
        return nil
    }
}
