/// Splits one array of a JSON text, which arrives in pieces, into its elements. It keeps at most one incomplete element.
///
/// It reads only brackets, strings and the names on the path to the array; the elements are parsed elsewhere. A loop with a depth, no
/// recursion.
struct ElementSplitter {
    enum Failure: Error, Equatable {
        /// An element exceeds the limit.
        case tooLong
        /// More brackets are closed than were opened.
        case unbalanced
    }

    private static let nameByteCountLimit = 64

    /// The member names on the path to the array; empty if the text is the array.
    private let path: [[UInt8]]
    private let byteCountLimit: Int
    private var depth = 0
    /// The number of open brackets on the path.
    private var depthOnPath = 0
    private var isInString = false
    private var isEscaped = false
    /// The last string in an object on the path, which a colon turns into a name.
    private var lastString: [UInt8] = []
    private var name: [UInt8]?
    private var element: [UInt8] = []
    private(set) var foundArray = false
    /// Complete elements that were not taken yet.
    private(set) var elements: [[UInt8]] = []

    init(path: [String], byteCountLimit: Int) {
        self.path = path.map { Array($0.utf8) }
        self.byteCountLimit = byteCountLimit
    }

    /// True if every bracket is closed.
    var isAtEnd: Bool {
        depth == 0 && !isInString
    }

    mutating func takeElements() -> [[UInt8]] {
        defer { elements = [] }
        return elements
    }

    mutating func feed(_ piece: [UInt8]) throws(Failure) {
        for byte in piece {
            if isInString {
                try passInString(byte)
            } else {
                try pass(byte)
            }
        }
    }

    private var isInArray: Bool {
        depthOnPath == path.count + 1
    }

    private mutating func passInString(_ byte: UInt8) throws(Failure) {
        if isInArray {
            try keep(byte)
        } else if depth == depthOnPath, lastString.count <= Self.nameByteCountLimit, byte != UInt8(ascii: "\"") {
            lastString.append(byte)
        }
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
        }
    }

    private mutating func pass(_ byte: UInt8) throws(Failure) {
        switch byte {
        case UInt8(ascii: "\""):
            isInString = true
            lastString = []
            if isInArray { try keep(byte) }
        case UInt8(ascii: "["), UInt8(ascii: "{"): try open(byte)
        case UInt8(ascii: "]"), UInt8(ascii: "}"): try close(byte)
        case UInt8(ascii: ","):
            if isInArray, depth == depthOnPath {
                endElement()
            } else if isInArray {
                try keep(byte)
            } else if depth == depthOnPath {
                name = nil
            }
        case UInt8(ascii: ":"):
            if isInArray { try keep(byte) } else if depth == depthOnPath { name = lastString }
        case 0x20, 0x09, 0x0a, 0x0d: break
        default: if isInArray { try keep(byte) }
        }
    }

    private mutating func open(_ bracket: UInt8) throws(Failure) {
        if isInArray { try keep(bracket) }
        let wanted = depthOnPath == path.count ? UInt8(ascii: "[") : UInt8(ascii: "{")
        let isNamed = depth == 0 || depth <= path.count && name == path[depth - 1]
        if depth == depthOnPath, !isInArray, bracket == wanted, isNamed {
            depthOnPath += 1
            foundArray = foundArray || isInArray
            name = nil
        }
        depth += 1
    }

    private mutating func close(_ bracket: UInt8) throws(Failure) {
        guard depth > 0 else { throw .unbalanced }
        if isInArray, depth == depthOnPath { endElement() } else if isInArray { try keep(bracket) }
        depth -= 1
        depthOnPath = min(depthOnPath, depth)
    }

    private mutating func keep(_ byte: UInt8) throws(Failure) {
        guard element.count < byteCountLimit else { throw .tooLong }
        element.append(byte)
    }

    private mutating func endElement() {
        guard !element.isEmpty else { return }
        elements.append(element)
        element = []
    }
}
