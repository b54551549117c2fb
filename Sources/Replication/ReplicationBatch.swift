internal import BodyCompression
internal import Crypto
internal import Deliveries
package import Journal

/// The response of a primary: entries after a position, and the primary's state.
///
/// ```
/// "CBXR" 1 │ epoch │ highest epoch │ end │ first position │ items … │ 0 │ chain │ SHA-256 of all before
/// ```
/// Numbers have 8 bytes, big-endian. Each byte array is preceded by its length in 4 bytes. The digest detects bytes
/// that changed in transit. The chain hash, which the writer computes again, detects entries that differ from the
/// primary's journal.
package struct ReplicationBatch: Sendable {
    /// The epoch of the primary.
    package var epoch: Int64
    /// The highest epoch that the primary knows of. If it is higher than `epoch`, another archive took over.
    package var highestEpoch: Int64
    /// The primary's last position.
    package var end: Int64
    /// The entries; nil if there are no entries after the position yet.
    package var run: CopiedRun?

    package var isSuperseded: Bool { highestEpoch > epoch }

    package init(epoch: Int64, highestEpoch: Int64, end: Int64, run: CopiedRun?) {
        (self.epoch, self.highestEpoch, self.end, self.run) = (epoch, highestEpoch, end, run)
    }

    private static let magic = Array("CBXR\u{1}".utf8)

    private enum Tag: UInt8 {
        case end, entry, gap, summary
    }

    /// The bytes are not a complete batch, or an entry does not match its digest or length.
    package struct Damaged: Error, Equatable {
        package let reason: String
    }

    // MARK: Encoding

    package var encoded: [UInt8] {
        var bytes = Self.magic
        bytes.append(epoch)
        bytes.append(highestEpoch)
        bytes.append(end)
        bytes.append(run?.firstPosition ?? 0)
        for item in run?.items ?? [] {
            switch item {
            case .entry(let entry): Self.append(entry, to: &bytes)
            case .gap(let last, let chain, let recordedBy):
                bytes.append(Tag.gap.rawValue)
                bytes.append(last)
                bytes.append(blob: chain)
                bytes.append(recordedBy)
            }
        }
        for (position, summary) in (run?.summaries ?? [:]).sorted(by: { $0.key < $1.key }) {
            bytes.append(Tag.summary.rawValue)
            bytes.append(position)
            bytes.append(blob: summary)
        }
        bytes.append(Tag.end.rawValue)
        bytes.append(blob: run?.chain ?? [])
        return bytes + SHA256.bytes(of: bytes)
    }

    private static func append(_ entry: PortableEntry, to bytes: inout [UInt8]) {
        bytes.append(Tag.entry.rawValue)
        bytes.append(blob: entry.uuid)
        bytes.append(entry.recordedAt.millisecondsSinceEpoch)
        bytes.append(text: entry.origin.type)
        bytes.append(text: entry.origin.source)
        bytes.append(text: entry.origin.verification)
        bytes.append(text: entry.origin.secretName)
        bytes.append(Int64(entry.byteCount))
        bytes.append(blob: entry.headCommitment)
        bytes.append(blob: entry.bodyCommitment)
        bytes.append(blob: entry.salt)
        bytes.append(Int64(entry.encoding.rawValue))
        if let record = entry.prunedBy { bytes.append(record) }
        bytes.append(blob: entry.head)
        bytes.append(blob: entry.body)
    }

    // MARK: Decoding

    /// Decodes a whole batch. Decompresses bodies to compute their digests, which are not sent.
    package init(_ bytes: [UInt8]) throws(Damaged) {
        let content = Array(bytes.dropLast(32))
        guard bytes.count > 32, SHA256.bytes(of: content) == Array(bytes.suffix(32)) else {
            throw Damaged(reason: "its digest does not match")
        }
        var reader = BatchReader(content)
        guard try reader.bytes(Self.magic.count) == Self.magic else {
            throw Damaged(reason: "it is not a batch of entries of this version")
        }
        epoch = try reader.number()
        highestEpoch = try reader.number()
        end = try reader.number()
        let firstPosition = try reader.number()
        var items: [CopiedRun.Item] = []
        var summaries: [Int64: [UInt8]] = [:]
        loop: while true {
            switch Tag(rawValue: try reader.bytes(1)[0]) {
            case .entry: items.append(.entry(try Self.entry(&reader)))
            case .gap:
                items.append(
                    .gap(
                        last: try reader.number(), chain: try reader.blob(of: 32), recordedBy: try reader.number()))
            case .summary: summaries[try reader.number()] = try reader.blob()
            case .end: break loop
            case nil: throw Damaged(reason: "it has an unknown part")
            }
        }
        let chain = try reader.blob()
        guard reader.isAtEnd else { throw Damaged(reason: "it has bytes after its last part") }
        run =
            items.isEmpty
            ? nil : CopiedRun(firstPosition: firstPosition, items: items, summaries: summaries, chain: chain)
    }

    private static func entry(_ reader: inout BatchReader) throws(Damaged) -> PortableEntry {
        let uuid = try reader.blob(of: 16)
        let recordedAt = Timestamp(millisecondsSinceEpoch: try reader.number())
        let origin = Origin(
            type: try reader.text() ?? "", source: try reader.text(), verification: try reader.text(),
            secretName: try reader.text())
        let byteCount = try reader.number()
        let headCommitment = try reader.blob(of: 32)
        let bodyCommitment = try reader.blob(of: 32)
        let salt = try reader.blob(of: Commitment.saltByteCount)
        guard let encoding = EntryEncoding(rawValue: Int(clamping: try reader.number())),
            (0...Int64(JournalSchema.bodyByteCountLimit)).contains(byteCount)
        else { throw Damaged(reason: "an entry has an unknown encoding or length") }
        let prunedBy = encoding == .pruned ? try reader.number() : nil
        let head = try reader.blob()
        let body = try reader.blob()
        return PortableEntry(
            uuid: uuid, recordedAt: recordedAt, origin: origin, byteCount: Int(byteCount),
            bodySHA256: try digest(of: body, encoding, byteCount: Int(byteCount)), headCommitment: headCommitment,
            bodyCommitment: bodyCommitment, salt: salt, encoding: encoding, head: head, body: body,
            prunedBy: prunedBy)
    }

    /// The digest of a body. Empty if the body was pruned, because only its commitment remains.
    private static func digest(
        of body: [UInt8], _ encoding: EntryEncoding, byteCount: Int
    ) throws(Damaged) -> [UInt8] {
        switch encoding {
        case .pruned: return []
        case .raw:
            guard body.count == byteCount else { throw Damaged(reason: "a body has the wrong length") }
            return SHA256.bytes(of: body)
        case .zlib:
            do throws(ZlibDecompressor.Failure) {
                let opened = try ZlibDecompressor.decompress(body, byteCount: byteCount)
                guard opened.count == byteCount else { throw .wrongByteCount }
                return SHA256.bytes(of: opened)
            } catch {
                throw Damaged(reason: "a body cannot be decompressed")
            }
        }
    }
}

/// Reads the parts of a batch. Checks every length.
private struct BatchReader {
    typealias Damaged = ReplicationBatch.Damaged

    private let source: [UInt8]
    private var position = 0

    init(_ source: [UInt8]) {
        self.source = source
    }

    var isAtEnd: Bool { position == source.count }

    mutating func bytes(_ count: Int) throws(Damaged) -> [UInt8] {
        guard count <= source.count - position else { throw Damaged(reason: "it ends early") }
        defer { position += count }
        return Array(source[position..<position + count])
    }

    mutating func number() throws(Damaged) -> Int64 {
        Int64(bitPattern: try bytes(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    mutating func blob() throws(Damaged) -> [UInt8] {
        try bytes(Int(try bytes(4).reduce(0) { $0 << 8 | UInt32($1) }))
    }

    mutating func blob(of count: Int) throws(Damaged) -> [UInt8] {
        let blob = try blob()
        guard blob.count == count else { throw Damaged(reason: "a value has the wrong length") }
        return blob
    }

    /// Reads a string. The length 0xffffffff represents nil.
    mutating func text() throws(Damaged) -> String? {
        let length = try bytes(4).reduce(0) { $0 << 8 | UInt32($1) }
        guard length < .max else { return nil }
        guard let text = String(validating: try bytes(Int(length)), as: UTF8.self) else {
            throw Damaged(reason: "a text is not UTF-8")
        }
        return text
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ number: Int64) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    private mutating func append(length: UInt32) {
        Swift.withUnsafeBytes(of: length.bigEndian) { append(contentsOf: $0) }
    }

    /// Appends a byte array after its length. The length fits in 4 bytes, because SQLite limits a row to 1 GB.
    fileprivate mutating func append(blob: [UInt8]) {
        append(length: UInt32(clamping: blob.count))
        append(contentsOf: blob)
    }

    fileprivate mutating func append(text: String?) {
        append(length: text.map { UInt32(clamping: $0.utf8.count) } ?? .max)
        if let text { append(contentsOf: text.utf8) }
    }
}

extension ReplicationSource {
    /// The maximum size of one response. Responses are built one at a time, so this also limits the memory.
    package struct BatchLimits: Sendable {
        package var entryCount = 1024
        package var byteCount = 4 << 20

        package init() {}
    }
}
