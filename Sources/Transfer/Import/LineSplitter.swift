/// Splits a text that arrives in pieces into lines. The bytes of a line above the limit are dropped.
struct LineSplitter {
    enum Line: Equatable {
        case text([UInt8])
        case tooLong
    }

    private let byteCountLimit: Int
    private var line: [UInt8] = []
    private var isTooLong = false
    private var lines: [Line] = []

    init(byteCountLimit: Int) {
        self.byteCountLimit = byteCountLimit
    }

    mutating func takeLines() -> [Line] {
        defer { lines = [] }
        return lines
    }

    mutating func feed(_ piece: [UInt8]) {
        var rest = piece[...]
        while let end = rest.firstIndex(of: 0x0a) {
            gather(rest[..<end])
            endLine()
            rest = rest[(end + 1)...]
        }
        gather(rest)
    }

    /// Ends the last line, which may have no line break.
    mutating func finish() {
        if !line.isEmpty || isTooLong { endLine() }
    }

    private mutating func gather(_ part: ArraySlice<UInt8>) {
        guard !isTooLong else { return }
        if line.count + part.count > byteCountLimit {
            isTooLong = true
            line = []
        } else {
            line.append(contentsOf: part)
        }
    }

    private mutating func endLine() {
        lines.append(isTooLong ? .tooLong : .text(line))
        line = []
        isTooLong = false
    }
}
