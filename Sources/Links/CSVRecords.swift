/// Reads the records of a CSV text (RFC 4180). Quoted values may contain commas, quotes and line breaks.
struct CSVRecords {
    struct Record {
        /// The number of the record's first line, from 1.
        let line: Int
        let values: [String]
    }

    private var rest: Substring.UnicodeScalarView
    private var line = 1
    /// True if the text ended inside a quoted value.
    private(set) var isOpen = false

    init(_ text: String) {
        // Skips a byte order mark, which would otherwise become part of the first name.
        rest = text.unicodeScalars[...]
        if rest.first == "\u{feff}" { rest.removeFirst() }
    }

    /// The next record; nil at the end. Skips empty lines.
    mutating func next() -> Record? {
        while let first = rest.first, first == "\n" || first == "\r" {
            rest.removeFirst()
            if first == "\n" { line += 1 }
        }
        guard !rest.isEmpty else { return nil }
        let start = line
        var values: [String] = []
        var value = String.UnicodeScalarView()
        var isQuoted = false
        while let scalar = rest.popFirst() {
            if isQuoted {
                if scalar == "\n" { line += 1 }
                guard scalar == "\"" else {
                    value.append(scalar)
                    continue
                }
                if rest.first == "\"" {
                    value.append("\"")
                    rest.removeFirst()
                } else {
                    isQuoted = false
                }
            } else if scalar == "\"" && value.isEmpty {
                isQuoted = true
            } else if scalar == "," {
                values.append(String(value))
                value = String.UnicodeScalarView()
            } else if scalar == "\n" {
                line += 1
                break
            } else if scalar != "\r" {
                value.append(scalar)
            }
        }
        isOpen = isQuoted
        values.append(String(value))
        return Record(line: start, values: values)
    }
}
