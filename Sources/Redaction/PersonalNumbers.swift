/// Finds CPF, CNPJ, SIN, SSN and telephone numbers in text. Reads each byte only a few times, regardless of the text.
enum PersonalNumbers {
    /// Digits that may have punctuation between them. Spaces separate pieces.
    private struct Piece {
        let range: Range<Int>
        /// True if a letter directly precedes or follows the digits. In this case, the digits are part of an
        /// identifier, not a number.
        let isAttached: Bool
    }

    /// The maximum number of pieces in one number. `+55 (11) 91234 5678` has four pieces.
    private static let pieceCountLimit = 5
    private static let byteCountLimit = 24

    /// The ranges of the numbers, sorted and without overlaps.
    static func ranges(in bytes: [UInt8]) -> [Range<Int>] {
        let pieces = pieces(of: bytes)
        var found: [Range<Int>] = []
        var first = 0
        while first < pieces.count {
            var next = first + 1
            for last in (first..<min(first + pieceCountLimit, pieces.count)).reversed() {
                guard let range = joined(pieces[first...last], bytes), isNumber(bytes[range]) else { continue }
                found.append(range)
                next = last + 1
                break
            }
            first = next
        }
        return found
    }

    private static func joined(_ pieces: ArraySlice<Piece>, _ bytes: [UInt8]) -> Range<Int>? {
        guard let first = pieces.first, let last = pieces.last else { return nil }
        let range = first.range.lowerBound..<last.range.upperBound
        guard range.count <= byteCountLimit, pieces.allSatisfy({ !$0.isAttached }) else { return nil }
        for (piece, next) in zip(pieces, pieces.dropFirst()) {
            let end = piece.range.upperBound
            guard next.range.lowerBound == end + 1, bytes[end] == UInt8(ascii: " ") else { return nil }
        }
        return range
    }

    private static func pieces(of bytes: [UInt8]) -> [Piece] {
        var pieces: [Piece] = []
        var position = 0
        while position < bytes.count {
            guard isMark(bytes[position]) || isDigit(bytes[position]) else {
                position += 1
                continue
            }
            let start = position
            while position < bytes.count, isMark(bytes[position]) || isDigit(bytes[position]) { position += 1 }
            if let piece = piece(start..<position, bytes) { pieces.append(piece) }
        }
        return pieces
    }

    private static func piece(_ run: Range<Int>, _ bytes: [UInt8]) -> Piece? {
        var (start, end) = (run.lowerBound, run.upperBound)
        while start < end, isTrimmed(bytes[start]) || bytes[start] == UInt8(ascii: ")") { start += 1 }
        while end > start, isTrimmed(bytes[end - 1]) || isOpening(bytes[end - 1]) { end -= 1 }
        // Excludes parentheses around the whole number, and an unmatched parenthesis.
        if end - start > 5, bytes[end - 1] == UInt8(ascii: ")") {
            end -= 1
            if bytes[start] == UInt8(ascii: "(") { start += 1 }
        }
        guard bytes[start..<end].contains(where: isDigit) else { return nil }
        let before = run.lowerBound > 0 && isWord(bytes[run.lowerBound - 1])
        let after = run.upperBound < bytes.count && isWord(bytes[run.upperBound])
        // A slash separates the digits from a letter, for example in the path of a URL.
        let isAttached =
            before && bytes[run.lowerBound] != UInt8(ascii: "/")
            || after && bytes[run.upperBound - 1] != UInt8(ascii: "/")
        return Piece(range: start..<end, isAttached: isAttached)
    }

    private static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        let digits = bytes.filter(isDigit).map { $0 - UInt8(ascii: "0") }
        if bytes.first == UInt8(ascii: "+") { return (8...15).contains(digits.count) }
        let shape = String(decoding: bytes.map { isDigit($0) ? UInt8(ascii: "d") : $0 }, as: UTF8.self)
        switch shape {
        case "ddd.ddd.ddd-dd", "dd.ddd.ddd/dddd-dd", "ddd-dd-dddd": return true
        case "ddddddddddd", "ddddddddd-dd": return CheckDigits.isCPF(digits)
        case "dddddddddddddd", "dddddddd/dddd-dd": return CheckDigits.isCNPJ(digits)
        case "ddddddddd", "ddd ddd ddd", "ddd-ddd-ddd": return CheckDigits.isSIN(digits)
        case "(dd) ddddd-dddd", "(dd) dddd-dddd", "(dd)ddddd-dddd", "(dd)dddd-dddd", "dd ddddd-dddd": return true
        case "(ddd) ddd-dddd", "(ddd)ddd-dddd", "ddd-ddd-dddd", "ddd.ddd.dddd", "ddd ddd-dddd", "ddd ddd dddd":
            return isNorthAmerican(digits[...])
        case "d-ddd-ddd-dddd", "d (ddd) ddd-dddd", "d ddd ddd dddd", "d ddd ddd-dddd":
            return digits[0] == 1 && isNorthAmerican(digits.dropFirst())
        default: return false
        }
    }

    /// True if neither the area code nor the exchange code starts with 0 or 1.
    private static func isNorthAmerican(_ digits: ArraySlice<UInt8>) -> Bool {
        digits.count == 10 && digits[digits.startIndex] > 1 && digits[digits.startIndex + 3] > 1
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        isTrimmed(byte) || isOpening(byte) || byte == UInt8(ascii: ")")
    }

    private static func isOpening(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "(") || byte == UInt8(ascii: "+")
    }

    private static func isTrimmed(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/")
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
}

/// Verifies the check digits of national identifiers.
enum CheckDigits {
    /// True for eleven digits that are not all equal and whose last two are correct check digits (Receita Federal).
    static func isCPF(_ digits: [UInt8]) -> Bool {
        digits.count == 11 && !areTheSame(digits) && weighted(digits, 9, from: 10) == digits[9]
            && weighted(digits, 10, from: 11) == digits[10]
    }

    /// True for fourteen digits that are not all equal and whose last two are correct check digits (Receita Federal).
    static func isCNPJ(_ digits: [UInt8]) -> Bool {
        digits.count == 14 && !areTheSame(digits) && cyclic(digits, 12) == digits[12]
            && cyclic(digits, 13) == digits[13]
    }

    /// True for nine digits that are not all equal, with a valid Luhn check digit.
    static func isSIN(_ digits: [UInt8]) -> Bool {
        guard digits.count == 9, !areTheSame(digits) else { return false }
        var sum = 0
        for (position, digit) in digits.enumerated() {
            let value = position % 2 == 0 ? Int(digit) : Int(digit) * 2
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }

    private static func areTheSame(_ digits: [UInt8]) -> Bool {
        digits.allSatisfy { $0 == digits.first }
    }

    /// The check digit of the first `count` digits, with weights that decrease from `weight`.
    private static func weighted(_ digits: [UInt8], _ count: Int, from weight: Int) -> UInt8 {
        let sum = digits.prefix(count).enumerated().reduce(0) { $0 + Int($1.element) * (weight - $1.offset) }
        return checkDigit(sum)
    }

    /// The check digit of the first `count` digits, with the repeated weights 2 to 9 from the right.
    private static func cyclic(_ digits: [UInt8], _ count: Int) -> UInt8 {
        let sum = digits.prefix(count).reversed().enumerated().reduce(0) {
            $0 + Int($1.element) * (2 + $1.offset % 8)
        }
        return checkDigit(sum)
    }

    private static func checkDigit(_ sum: Int) -> UInt8 {
        let rest = sum % 11
        return rest < 2 ? 0 : UInt8(11 - rest)
    }
}
