internal import Deliveries
internal import Foundation
internal import Journal
internal import StrictJSON
internal import Tail

/// The last delivery that a relay has finished, as stored (docs/decisions/0035-place-of-a-relay.md).
struct RelayPlace: Equatable {
    let position: Int64
    /// Identifies the archive; nil if the archive has no entry yet, or if retention removed the entry.
    let chain: [UInt8]?

    var json: JSONText {
        .object([
            .init("version", .integer(1)), .init("delivery", .integer(position)),
            .init("chain", .optional(chain.map { Hex.encode($0) })),
        ])
    }

    init(position: Int64, chain: [UInt8]?) {
        self.position = position
        self.chain = chain
    }

    /// Nil for text that `json` did not write.
    init?(_ text: [UInt8]) {
        guard let root = try? JSONDocument(parsing: text).root, root.kind == .object,
            root["version"]?.scalarText == "1", let number = root["delivery"], number.kind == .number,
            let position = DecimalText.nonNegative(number.rawBytes)
        else { return nil }
        self.position = position
        guard let chain = root["chain"]?.string else {
            guard root["chain"]?.kind == .null else { return nil }
            self.chain = nil
            return
        }
        guard let bytes = Hex.decode(chain.utf8), bytes.count == 32 else { return nil }
        self.chain = bytes
    }

    /// False if the position belongs to another archive: this one is shorter, or has a different entry at the position.
    func belongs(to journal: JournalReader) throws(ArchiveError) -> Bool {
        guard try journal.end()?.position ?? 0 >= position else { return false }
        guard let chain, let entry = try journal.entry(position) else { return true }
        return entry.chain == chain
    }
}

/// The file with the position of a relay.
struct RelayPlaceFile: Sendable {
    private let file: FollowerFile?

    init(_ file: FollowerFile?) {
        self.file = file
    }

    enum Content: Equatable {
        case none, unreadable
        case place(RelayPlace)
    }

    func read() -> Content {
        switch file?.read() ?? .none {
        case .none: .none
        case .unreadable: .unreadable
        case .bytes(let bytes): RelayPlace(bytes).map { .place($0) } ?? .unreadable
        }
    }

    /// Blocks for an fsync.
    ///
    /// - Returns: the path if the file cannot be written.
    func write(_ place: RelayPlace) -> String? {
        let isWritten = file?.write(Array((place.json.compact + "\n").utf8), isDurable: true) == true
        return isWritten ? nil : file?.path ?? "a state file: neither XDG_STATE_HOME nor HOME is set"
    }
}
