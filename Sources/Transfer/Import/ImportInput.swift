internal import Foundation
internal import TerminalOutput

/// A file, or standard input, as the JSON texts of its deliveries, one after another.
package struct ImportInput {
    /// The format, recognised by the first bytes.
    enum Form: String {
        case ndjson, json, har
    }

    enum Item: Equatable {
        case text([UInt8])
        /// The problem with an entry.
        case bad(String)
    }

    /// Longer records are rejected. A record of the largest body that a source accepts by default has 45 MB.
    static let textByteCountLimit = 64 * 1024 * 1024
    private static let pieceByteCount = 256 * 1024
    /// Bytes that are read before the format is decided.
    private static let formByteCount = 4096

    let name: String
    private(set) var form: Form?
    /// The line or entry that `next` returned last, from 1.
    private(set) var number = 0
    private let handle: FileHandle
    private var lines = LineSplitter(byteCountLimit: textByteCountLimit)
    private var elements = ElementSplitter(path: [], byteCountLimit: textByteCountLimit)
    private var waiting: ArraySlice<Item> = []
    private var hasEnded = false

    /// - Parameter path: `-` is standard input.
    package init(_ path: String) throws(TransferError) {
        name = path == "-" ? "standard input" : path
        guard path != "-" else {
            handle = .standardInput
            return
        }
        var isFolder: ObjCBool = false
        guard !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) || !isFolder.boolValue else {
            throw TransferError.isFolder(path: path)
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw TransferError.cannotRead(path: path)
        }
        self.handle = handle
    }

    var unit: String {
        form == .ndjson ? "line" : "entry"
    }

    /// The next text; nil at the end.
    mutating func next() throws(TransferError) -> Item? {
        while true {
            if let item = waiting.popFirst() {
                number += 1
                // Blank lines count, as in editors.
                if case .text(let bytes) = item, bytes.allSatisfy({ [0x20, 0x09, 0x0d].contains($0) }) { continue }
                return item
            }
            guard !hasEnded else { return nil }
            try readOn()
        }
    }

    private mutating func readOn() throws(TransferError) {
        var piece = try read()
        if form == nil {
            while piece.count < Self.formByteCount, !hasEnded { piece += try read() }
            let form = Self.form(of: piece)
            self.form = form
            if form == .har {
                elements = ElementSplitter(path: ["log", "entries"], byteCountLimit: Self.textByteCountLimit)
            }
        }
        if form == .ndjson {
            lines.feed(piece)
            if hasEnded { lines.finish() }
            waiting =
                lines.takeLines().map { line in
                    switch line {
                    case .text(let bytes): .text(bytes)
                    case .tooLong: .bad("is longer than \(HumanText.byteCount(Int64(Self.textByteCountLimit)))")
                    }
                }[...]
        } else {
            try split(piece)
        }
    }

    private mutating func split(_ piece: [UInt8]) throws(TransferError) {
        do throws(ElementSplitter.Failure) {
            try elements.feed(piece)
        } catch {
            let reason = error == .tooLong ? "an entry is too long" : "it is not JSON"
            throw TransferError.brokenInput(name: name, reason: "\(reason), after entry \(number)")
        }
        waiting = elements.takeElements().map(Item.text)[...]
        guard hasEnded else { return }
        if !elements.foundArray {
            throw TransferError.unknownForm(name: name)
        }
        if !elements.isAtEnd { waiting.append(.bad("is cut off: the file ends inside it")) }
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

    /// An array is JSON, an object that begins with `log` is a HAR, all else NDJSON.
    static func form(of start: [UInt8]) -> Form {
        let signs = start.prefix(formByteCount).filter { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        let text = signs.starts(with: [0xef, 0xbb, 0xbf]) ? signs.dropFirst(3) : signs[...]
        if text.first == UInt8(ascii: "[") { return .json }
        return text.starts(with: #"{"log""#.utf8) ? .har : .ndjson
    }
}
