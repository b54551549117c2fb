/// Splits a file that arrives in pieces into JSON texts. These are records in any layout, one after another or in an
/// array, or the entries of HARs. A HAR may be inside other objects.
///
/// The splitter reads only brackets, strings and member names; the texts are parsed elsewhere. It counts the depth
/// instead of using recursion, and keeps at most one incomplete text. It keeps only the `entryMembers` of a HAR entry,
/// because the response in an entry can be larger than any delivery.
struct ElementSplitter {
    private enum Mode {
        /// The position is between two elements.
        case between
        case element
        /// The position is in a text that is neither an object nor an array. The text ends at the end of the line or,
        /// in an array, at the next comma.
        case scalar
        /// The position is after the entries of a HAR.
        case rest
    }

    static let entryMembers = ["_callbox", "_resourceType", "request", "startedDateTime"].map { Array($0.utf8) }
    private static let nameByteCountLimit = 64
    /// The maximum number of objects that enclose the entries of a HAR, including the HAR and its log.
    private static let chainCountLimit = 8
    /// The maximum number of bytes of an element outside its strings.
    private static let structureByteCountLimit = 1024 * 1024

    private let byteCountLimit: Int
    private var mode = Mode.between
    private var depth = 0
    /// The depth at which elements start: 0, 1 in an array of records, or the depth of a HAR's entries.
    private var base = 0
    /// The value that `base` had before the entries of a HAR; nil outside such entries.
    private var outerBase: Int?
    private var element: Element?
    private var entryCount = 0
    private var line = 1
    private var previous = UInt8(ascii: "\n")
    /// The start of a record that `export` wrote. Such a record is on one line.
    private static let compactStart = Array(#"{"callbox""#.utf8)
    /// The current member name of each open object. Empty if an array encloses the current position.
    private var chain: [[UInt8]] = []
    private var isInString = false
    private var isEscaped = false
    private var isDropping = false
    /// The offset of the string's opening quotation mark in the element.
    private var stringStart = 0
    /// The last string; empty if it is longer than `nameByteCountLimit`.
    private var lastString: [UInt8] = []
    /// The depth of another log after a HAR's entries; nil if there is no other log.
    private var restLogDepth: Int?
    private var isLongString = false
    /// True before the colon of a member of an entry.
    private var awaitsName = false
    private var skipsMember = false
    private var elements: [Element] = []

    init(byteCountLimit: Int) {
        self.byteCountLimit = byteCountLimit
    }

    /// Returns the complete elements that were not returned yet.
    mutating func takeElements() -> [Element] {
        defer { elements = [] }
        return elements
    }

    mutating func feed(_ piece: [UInt8]) {
        var position = 0
        while position < piece.count {
            if isInString, !isEscaped {
                let end = piece[position...].firstIndex { $0 == 0x22 || $0 == 0x5c || $0 == 0x0a } ?? piece.count
                keepText(piece[position..<end])
                position = end
                guard position < piece.count else { return }
            }
            let byte = piece[position]
            if isInString { passInString(byte) } else { pass(byte) }
            if byte == 0x0a { line += 1 }
            previous = byte
            position += 1
        }
    }

    /// Ends the last element, which may be incomplete.
    mutating func finish() {
        switch mode {
        case .element: endElement(.cutOff)
        case .scalar where base == 0: endElement()
        case .scalar, .rest: endElement(.cutOff)
        case .between where base > 0: endElement(.cutOff)
        case .between: break
        }
    }

    private var isInEntries: Bool { outerBase != nil }

    private mutating func passInString(_ byte: UInt8) {
        if byte == 0x0a, base == 0, mode == .element {
            // JSON strings cannot contain line breaks, so the element is cut off at the end of this line.
            return endElement(.cutOff)
        }
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
            isDropping = false
            return keep(byte)
        }
        keepText([byte])
    }

    private mutating func pass(_ byte: UInt8) {
        switch mode {
        case .between: passBetween(byte)
        case .scalar: passScalar(byte)
        case .rest:
            passRest(byte)
        case .element:
            if byte == UInt8(ascii: "{"), previous == 0x0a, base == 0,
                element?.bytes.starts(with: Self.compactStart) == true
            {
                endElement(.cutOff)
                return passBetween(byte)
            }
            passElement(byte)
        }
    }

    /// Searches the rest for the log of another HAR, because that HAR must not be ignored silently.
    private mutating func passRest(_ byte: UInt8) {
        if byte == UInt8(ascii: "\"") { return beginString() }
        if byte == UInt8(ascii: "{"), chain == ["log"].map({ Array($0.utf8) }) { restLogDepth = depth + 1 }
        if byte == UInt8(ascii: "["), chain == ["entries"].map({ Array($0.utf8) }), depth == restLogDepth {
            let place = (base, depth)
            endElement(.secondEntries)
            (mode, base, depth) = (.rest, place.0, place.1)
        }
        if !Self.isBlank(byte) { chain = byte == UInt8(ascii: ":") ? [lastString] : [] }
        depth += Self.step(byte)
        if depth < restLogDepth ?? 0 { restLogDepth = nil }
        if depth == base { (mode, restLogDepth) = (.between, nil) }
    }

    private mutating func passBetween(_ byte: UInt8) {
        switch byte {
        // Skips white space, the record separator of RFC 7464, and the byte order mark of an appended file.
        case 0x20, 0x09, 0x0a, 0x0d, 0x1e, 0xef, 0xbb, 0xbf, UInt8(ascii: ","): break
        case UInt8(ascii: "[") where base == 0: (base, depth) = (1, 1)
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            begin(.element)
            passElement(byte)
        case UInt8(ascii: "]") where base > 0:
            depth -= 1
            if let outer = outerBase {
                (base, outerBase, mode) = (outer, nil, .rest)
            } else {
                base = 0
            }
        default:
            begin(.scalar)
            passScalar(byte)
        }
    }

    private mutating func passScalar(_ byte: UInt8) {
        switch byte {
        case 0x0a where base == 0: endElement()
        case UInt8(ascii: ",") where base > 0: endElement()
        case UInt8(ascii: "]") where base > 0:
            endElement()
            passBetween(byte)
        case UInt8(ascii: "\"") where base > 0: beginString()
        default: keep(byte)
        }
    }

    private mutating func passElement(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): beginString()
        case UInt8(ascii: "{"), UInt8(ascii: "["): open(byte)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): close(byte)
        case UInt8(ascii: ":"):
            if isNaming { return nameMember() }
            if isInChain { chain[chain.count - 1] = lastString }
            keep(byte)
        case UInt8(ascii: ","):
            if isFiltered {
                (awaitsName, skipsMember) = (true, false)
            } else {
                if isInChain { chain[chain.count - 1] = [] }
                keep(byte)
            }
        default: if !isNaming { keep(byte) }
        }
    }

    /// True if the position is directly inside an entry that is an object.
    private var isFiltered: Bool { isInEntries && depth == base + 1 && element?.bytes.first == UInt8(ascii: "{") }

    private var isNaming: Bool { awaitsName && depth == base + 1 }

    /// True if the position is directly inside an object, and all enclosing values are objects.
    private var isInChain: Bool { !isInEntries && !chain.isEmpty && depth == base + chain.count }

    private mutating func nameMember() {
        awaitsName = false
        skipsMember = !Self.entryMembers.contains(lastString)
        guard !skipsMember else { return }
        if (element?.bytes.count ?? 0) > 1 { keep(UInt8(ascii: ",")) }
        keep(UInt8(ascii: "\""))
        for byte in lastString { keep(byte) }
        keep(UInt8(ascii: "\""))
        keep(UInt8(ascii: ":"))
    }

    private mutating func open(_ bracket: UInt8) {
        if bracket == UInt8(ascii: "["), isInChain, chain.last == Array("entries".utf8),
            chain.count == 1 || chain[chain.count - 2] == Array("log".utf8)
        {
            depth += 1
            (outerBase, base, mode, element, chain) = (base, depth, .between, nil, [])
            return
        }
        if bracket == UInt8(ascii: "{"), !isInEntries, depth == base + chain.count, chain.count < Self.chainCountLimit {
            chain.append([])
        }
        keep(bracket)
        depth += 1
        if isInEntries, depth == base + 1 { awaitsName = bracket == UInt8(ascii: "{") }
    }

    private mutating func close(_ bracket: UInt8) {
        depth -= 1
        if depth == base { (awaitsName, skipsMember) = (false, false) }
        keep(bracket)
        if depth < base + chain.count { chain.removeLast() }
        if depth == base { endElement() }
    }

    private mutating func begin(_ mode: Mode) {
        self.mode = mode
        chain = []
        if isInEntries { entryCount += 1 }
        element = Element(kind: isInEntries ? .entry : .record, number: isInEntries ? entryCount : line)
    }

    private mutating func beginString() {
        stringStart = element?.bytes.count ?? 0
        (isInString, lastString, isLongString) = (true, [], false)
        keep(UInt8(ascii: "\""))
    }

    private mutating func endElement(_ flaw: Element.Flaw? = nil) {
        if element == nil { begin(.element) }
        if let flaw { element?.flaw = flaw }
        if let element { elements.append(element) }
        (element, mode, depth, isInString, isEscaped, isDropping) = (nil, .between, base, false, false, false)
    }

    private mutating func keepText(_ text: ArraySlice<UInt8>) {
        isLongString = isLongString || lastString.count + text.count > Self.nameByteCountLimit
        if isLongString { lastString = [] } else { lastString += text }
        guard isKeeping, !isDropping, let count = element?.bytes.count else { return }
        guard count + text.count <= byteCountLimit else {
            isDropping = true
            element?.bytes.removeLast(count - stringStart - 1)
            element?.isShortened = true
            return
        }
        element?.bytes += text
    }

    private mutating func keep(_ byte: UInt8) {
        guard isKeeping, let count = element?.bytes.count else { return }
        guard count < byteCountLimit + Self.structureByteCountLimit else {
            element?.bytes = []
            element?.flaw = .tooLong
            return
        }
        element?.bytes.append(byte)
    }

    private var isKeeping: Bool {
        !skipsMember && !isNaming && element?.flaw == nil && mode != .rest
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(byte) }

    private static func step(_ byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["): 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): -1
        default: 0
        }
    }
}
