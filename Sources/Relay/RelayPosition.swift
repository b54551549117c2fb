internal import Deliveries
internal import Foundation
internal import Journal
internal import StrictJSON
internal import Tail

/// The last delivery that a relay has finished, as it is stored (docs/decisions/0035-position-of-a-relay.md).
struct RelayPosition: Equatable {
    /// The position of the entry in the journal.
    let entry: Int64
    /// The chain hash at `entry`, which identifies the archive. Nil if the archive has no entry yet, or if retention
    /// removed it.
    let chain: [UInt8]?

    var json: JSONText {
        .object([
            .init("version", .integer(1)), .init("delivery", .integer(entry)),
            .init("chain", .optional(chain.map { Hex.encode($0) })),
        ])
    }

    init(entry: Int64, chain: [UInt8]?) {
        self.entry = entry
        self.chain = chain
    }

    /// Nil if the text does not have the form of `json`.
    init?(_ text: [UInt8]) {
        guard let root = try? JSONDocument(parsing: text).root, root.kind == .object,
            root["version"]?.scalarText == "1", let number = root["delivery"], number.kind == .number,
            let entry = DecimalText.nonNegative(number.rawBytes)
        else { return nil }
        self.entry = entry
        guard let chain = root["chain"]?.string else {
            guard root["chain"]?.kind == .null else { return nil }
            self.chain = nil
            return
        }
        guard let bytes = Hex.decode(chain.utf8), bytes.count == 32 else { return nil }
        self.chain = bytes
    }

    /// False if the position belongs to another archive: the journal is shorter, or has a different entry at the
    /// position.
    func belongs(to journal: JournalReader) throws(ArchiveError) -> Bool {
        guard try journal.end()?.position ?? 0 >= entry else { return false }
        guard let chain, let found = try journal.entry(entry) else { return true }
        return found.chain == chain
    }
}

/// The file with the position of a relay.
struct RelayPositionFile: Sendable {
    private let file: FollowerFile?

    init(_ file: FollowerFile?) {
        self.file = file
    }

    enum Content: Equatable {
        case none, unreadable
        case position(RelayPosition)
    }

    func read() -> Content {
        switch file?.read() ?? .none {
        case .none: .none
        case .unreadable: .unreadable
        case .bytes(let bytes): RelayPosition(bytes).map { .position($0) } ?? .unreadable
        }
    }

    /// Writes the position. Blocks for an fsync.
    ///
    /// - Returns: the path if the file cannot be written; nil on success.
    func write(_ position: RelayPosition) -> String? {
        let isWritten = file?.write(Array((position.json.compact + "\n").utf8), isDurable: true) == true
        return isWritten ? nil : file?.path ?? "a state file: neither XDG_STATE_HOME nor HOME is set"
    }
}
