internal import Foundation
internal import TerminalOutput

/// Reads a file or standard input and returns the JSON texts of the deliveries one by one.
package struct ImportInput {
    /// The maximum length of a record or an entry in bytes. With the default limit of body sizes, the largest record
    /// has 45 MB.
    static let textByteCountLimit = 64 * 1024 * 1024
    private static let pieceByteCount = 256 * 1024

    let name: String
    private let handle: FileHandle
    private var encoding: TextEncoding?
    private var decoder: UTF16Decoder?
    private var elements: ElementSplitter
    private var waiting: ArraySlice<ElementSplitter.Element> = []
    private var hasEnded = false

    /// - Parameter path: the path of the file; `-` for standard input.
    package init(_ path: String) throws(TransferError) {
        try self.init(path, byteCountLimit: Self.textByteCountLimit)
    }

    init(_ path: String, byteCountLimit: Int) throws(TransferError) {
        name = path == "-" ? "standard input" : path
        elements = ElementSplitter(byteCountLimit: byteCountLimit)
        guard path != "-" else {
            handle = .standardInput
            return
        }
        var isFolder: ObjCBool = false
        guard !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) || !isFolder.boolValue else {
            throw TransferError.isFolder(path: path)
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TransferError.cannotRead(path: path, code: errno) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// The name of an element in messages.
    func place(_ element: ElementSplitter.Element) -> String {
        "\(element.kind == .entry ? "entry" : "line") \(element.number) of \(name)"
    }

    /// The next text; nil at the end.
    mutating func next() throws(TransferError) -> ElementSplitter.Element? {
        while true {
            if let element = waiting.popFirst() { return element }
            guard !hasEnded else { return nil }
            try readOn()
        }
    }

    private mutating func readOn() throws(TransferError) {
        var piece = try read()
        if encoding == nil {
            // 16 bytes are enough to recognise every format.
            while piece.count < 16, !hasEnded { piece += try read() }
            let found = TextEncoding(start: piece)
            encoding = found
            switch found {
            case .utf8: break
            case .utf16LittleEndian: decoder = UTF16Decoder(isBigEndian: false)
            case .utf16BigEndian: decoder = UTF16Decoder(isBigEndian: true)
            case .other(let what, let advice): throw .notText(name: name, what: what, advice: advice)
            }
        }
        elements.feed(decoder?.decode(piece, isLast: hasEnded) ?? piece)
        if hasEnded { elements.finish() }
        waiting = elements.takeElements()[...]
    }

    private mutating func read() throws(TransferError) -> [UInt8] {
        let piece: [UInt8]
        do {
            piece = Array(try handle.read(upToCount: Self.pieceByteCount) ?? Data())
        } catch {
            throw TransferError.readFailed(name: name)
        }
        if piece.isEmpty { hasEnded = true }
        return piece
    }
}
