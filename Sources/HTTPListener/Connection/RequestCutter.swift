internal import Deliveries

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Finds the end of each request in the bytes of a connection, so the parser never sees bytes of the next request.
///
/// The parser decides what a request means; the cutter only decides how many bytes the parser gets. If the parser and
/// the cutter ever disagree, the parser reports request parts that `ConnectionState` does not expect, and the
/// connection ends after its response.
struct RequestCutter {
    enum HeadPart: Equatable {
        /// The number of bytes to parse: up to the end of the head, or all bytes if the head continues.
        case bytes(Int)
        /// The request line is malformed: it is not three words separated by single spaces, its last word is not
        /// `HTTP/1.0` or `HTTP/1.1`, or its method is not a token. The parser would also accept more spaces, `RTSP/1.0`
        /// and `ICE/1.0`.
        case notHTTP
        /// The request line is so long that its target exceeds the limit.
        case lineTooLong
        /// All bytes are part of a request line with an unknown method. The parser must not get them, because it would
        /// reject the method before the rest of the line shows whether the line is well-formed.
        case withheld
        case unknownMethod
    }

    /// The maximum bytes of a request line besides its target: a method that the listener knows, blanks, version and
    /// line break.
    private static let lineFramingByteCount = 32

    private static let longestConnectionName = "proxy-connection:"

    private let lineByteCountLimit: Int

    private enum Position {
        case requestLine, headerLine
        case chunkSize, chunkData, chunkEnd, trailerLine
    }

    /// The kind of bytes that earlier calls have seen in the current line.
    private enum LineStart {
        case none, carriageReturn, content
    }

    private var position = Position.requestLine
    private var lineStart = LineStart.none
    /// The number of bytes of the request line so far.
    private var lineByteCount = 0
    /// The last eight bytes of the request line, without the line break.
    private var lineEnd: UInt64 = 0
    /// The number of spaces in the request line so far.
    private var spaceCount = 0
    /// The number of carriage returns in the request line so far.
    private var returnCount = 0
    private var method = RequestMethod()
    /// The chunk size read so far, then the number of bytes left in the chunk. A size that would overflow stays at the
    /// maximum.
    private var chunkByteCount = 0
    private var isInChunkSize = true
    /// The bytes of the current or last chunked body that are not data: sizes, extensions, line breaks and trailers.
    private(set) var framingByteCount = 0
    /// True if the current or last chunked body has a `Connection` trailer. The parser obeys this trailer like a header
    /// line, although a trailer cannot change the framing (RFC 9110 §6.5.1).
    private(set) var hasConnectionTrailer = false
    /// The first bytes of the current trailer line up to its colon.
    private var trailerName: [UInt8] = []
    /// The number of data bytes in the current or last chunked body.
    private(set) var dataByteCount = 0
    private var extensionBlanks = ChunkExtensionBlanks()
    /// The positions of the blanks that the parser must not get, within the bytes that the last call returned.
    private var blankOffsets: [Int] = []
    /// True if a blank in a chunk size line is not optional white space. The line is not passed on.
    private(set) var hasMisplacedBlank = false

    /// - Parameter targetByteCountLimit: the maximum length of a target; the application checks the exact length.
    init(targetByteCountLimit: Int = 8 * 1024) {
        self.lineByteCountLimit = targetByteCountLimit + Self.lineFramingByteCount
    }

    /// True if the cutter has not seen any byte of the next request yet.
    var isAtRequestStart: Bool { position == .requestLine && lineStart == .none }

    /// Returns the number of bytes that belong to the head of the current request.
    mutating func head(_ bytes: UnsafeRawBufferPointer) -> HeadPart {
        if position != .headerLine { position = .requestLine }
        var start = 0
        while let end = Self.lineFeed(in: bytes, from: start) {
            let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            if position == .requestLine {
                noteEnd(of: line)
                // Checks the method first. The result is therefore the same as for a line that arrives in pieces.
                guard method.form != .malformed else { return .notHTTP }
                guard lineByteCount <= lineByteCountLimit else { return tooLong }
                guard spaceCount == 2, returnCount <= 1, lineEnd == Self.http10 || lineEnd == Self.http11 else {
                    return .notHTTP
                }
                guard method.form == .known else { return .unknownMethod }
                position = .headerLine
            } else if isEmpty(line) {
                reset()
                return .bytes(end + 1)
            }
            lineStart = .none
            start = end + 1
        }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
        if position == .requestLine {
            noteEnd(of: rest)
            guard method.form != .malformed else { return .notHTTP }
            guard lineByteCount <= lineByteCountLimit else { return tooLong }
        }
        noteStart(of: rest)
        return position == .requestLine && method.form == .unknown ? .withheld : .bytes(bytes.count)
    }

    private var tooLong: HeadPart { method.form == .unknown && method.isTooLong ? .unknownMethod : .lineTooLong }

    /// The number of data bytes of the current chunked body, including the rest of the current chunk. A sum that would
    /// overflow becomes `Int.max`.
    var announcedByteCount: Int {
        guard position == .chunkData else { return dataByteCount }
        let (sum, overflow) = dataByteCount.addingReportingOverflow(chunkByteCount)
        return overflow ? .max : sum
    }

    /// Returns `blankOffsets` and forgets them. Each offset takes eight times as much memory as its blank, so a
    /// connection must not keep them while it waits for bytes.
    mutating func takeBlankOffsets() -> [Int] {
        defer { blankOffsets = [] }
        return blankOffsets
    }

    /// Returns the number of bytes that belong to the current chunked body, including its trailers (RFC 9112 §7.1).
    ///
    /// - Parameter chunkCountLimit: the maximum number of chunk sizes to read.
    mutating func chunkedBody(_ bytes: UnsafeRawBufferPointer, chunkCountLimit: Int = .max) -> Int {
        if position == .requestLine {
            position = .chunkSize
            (framingByteCount, dataByteCount, hasConnectionTrailer) = (0, 0, false)
        }
        blankOffsets = []
        var (start, chunkCount) = (0, 0)
        while start < bytes.count, chunkCount < chunkCountLimit {
            if position == .chunkData {
                let taken = min(chunkByteCount, bytes.count - start)
                (chunkByteCount, dataByteCount, start) = (chunkByteCount - taken, dataByteCount + taken, start + taken)
                if chunkByteCount == 0 { position = .chunkEnd }
                continue
            }
            let end = Self.lineFeed(in: bytes, from: start)
            let line = UnsafeRawBufferPointer(rebasing: bytes[start..<(end ?? bytes.count)])
            framingByteCount += line.count
            if position == .chunkSize {
                readBlanks(line, at: start)
                guard !hasMisplacedBlank else {
                    blankOffsets.removeAll { $0 >= start }
                    return start
                }
                readSize(line)
            }
            if position == .trailerLine { readTrailerName(line) }
            guard let end else {
                noteStart(of: line)
                return bytes.count
            }
            framingByteCount += 1
            start = end + 1
            if position == .chunkSize { chunkCount += 1 }
            if endLine(line) {
                reset()
                return start
            }
        }
        return start
    }

    /// Advances after the line feed of a line that is not data. Returns true at the end of the body.
    private mutating func endLine(_ line: UnsafeRawBufferPointer) -> Bool {
        switch position {
        case .chunkSize:
            position = chunkByteCount == 0 ? .trailerLine : .chunkData
            isInChunkSize = true
            extensionBlanks = ChunkExtensionBlanks()
        case .chunkEnd: position = .chunkSize
        case .trailerLine where isEmpty(line): return true
        case .trailerLine, .chunkData, .requestLine, .headerLine: break
        }
        lineStart = .none
        trailerName = []
        return false
    }

    private mutating func readTrailerName(_ line: UnsafeRawBufferPointer) {
        guard trailerName.last != UInt8(ascii: ":") else { return }
        for byte in line {
            guard trailerName.count < Self.longestConnectionName.utf8.count else { return }
            trailerName.append(byte)
            guard byte == UInt8(ascii: ":") else { continue }
            let name = String(decoding: trailerName, as: UTF8.self)
            hasConnectionTrailer =
                hasConnectionTrailer || name.matchesIgnoringASCIICase("connection:")
                || name.matchesIgnoringASCIICase(Self.longestConnectionName)
            return
        }
    }

    private mutating func readSize(_ line: UnsafeRawBufferPointer) {
        for byte in line where isInChunkSize {
            guard let digit = Hex.nibble(byte) else {
                isInChunkSize = false
                break
            }
            let (product, overflow) = chunkByteCount.multipliedReportingOverflow(by: 16)
            chunkByteCount = overflow ? .max : product | Int(digit)
        }
    }

    private mutating func readBlanks(_ line: UnsafeRawBufferPointer, at start: Int) {
        for (index, byte) in line.enumerated() {
            switch extensionBlanks.read(byte) {
            case .content: break
            case .optionalBlank: blankOffsets.append(start + index)
            case .afterMisplacedBlank: hasMisplacedBlank = true
            }
        }
    }

    private mutating func reset() {
        (position, lineStart, lineEnd, lineByteCount) = (.requestLine, .none, 0, 0)
        (spaceCount, returnCount) = (0, 0)
        method = RequestMethod()
        (chunkByteCount, isInChunkSize, trailerName) = (0, true, [])
    }

    private mutating func noteEnd(of line: UnsafeRawBufferPointer) {
        lineByteCount += line.count
        method.read(line)
        for byte in line {
            if byte == UInt8(ascii: " ") { spaceCount += 1 }
            if byte == UInt8(ascii: "\r") { returnCount += 1 }
        }
        for byte in line.suffix(9) where byte != UInt8(ascii: "\r") { lineEnd = lineEnd << 8 | UInt64(byte) }
    }

    private mutating func noteStart(of line: UnsafeRawBufferPointer) {
        guard !line.isEmpty, lineStart != .content else { return }
        lineStart =
            lineStart == .none && line.count == 1 && line[0] == UInt8(ascii: "\r") ? .carriageReturn : .content
    }

    /// True if the whole line is empty, including its start in earlier calls. A carriage return before the line feed
    /// does not count.
    private func isEmpty(_ line: UnsafeRawBufferPointer) -> Bool {
        switch lineStart {
        case .none: line.isEmpty || line.count == 1 && line[0] == UInt8(ascii: "\r")
        case .carriageReturn: line.isEmpty
        case .content: false
        }
    }

    private static func lineFeed(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress else { return nil }
        return memchr(base + start, 0x0a, bytes.count - start).map { UnsafeRawPointer($0) - base }
    }

    /// `HTTP/1.0` and `HTTP/1.1` as big-endian numbers.
    private static let http10: UInt64 = 0x4854_5450_2f31_2e30
    private static let http11: UInt64 = 0x4854_5450_2f31_2e31
}
