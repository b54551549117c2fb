internal import Deliveries
internal import Journal
internal import Quarantine
internal import ReportIndex
internal import StrictJSON

/// The position of the last `tail` of an archive, as it is stored.
struct TailState: Equatable {
    let position: FeedPosition
    /// The mark that identifies the archive.
    let mark: ChainMark?

    var json: JSONText {
        .object([
            .init("version", .integer(1)), .init("arrival", .integer(position.arrival.rawValue)),
            .init("rejected", .integer(position.rejected.rawValue)), .init("replay", .integer(position.replay)),
            .init("delivery", mark.map { .integer($0.position) } ?? .null),
            .init("chain", .optional(mark.map { Hex.encode($0.chain) })),
        ])
    }

    init(position: FeedPosition, mark: ChainMark?) {
        self.position = position
        self.mark = mark
    }

    /// Nil for text that `json` did not write.
    init?(_ text: [UInt8]) {
        guard let root = try? JSONDocument(parsing: text).root, root.kind == .object,
            root["version"]?.scalarText == "1"
        else { return nil }
        func number(_ name: String) -> Int64? {
            guard let value = root[name], value.kind == .number else { return nil }
            return DecimalText.nonNegative(value.rawBytes)
        }
        guard let arrival = number("arrival"), let rejected = number("rejected"), let replay = number("replay") else {
            return nil
        }
        position = FeedPosition(
            arrival: ReportID(rawValue: arrival), rejected: QuarantineID(rawValue: rejected), replay: replay)
        guard let chain = root["chain"]?.string else {
            guard root["chain"]?.kind == .null else { return nil }
            mark = nil
            return
        }
        guard let id = number("delivery"), let bytes = Hex.decode(chain.utf8), bytes.count == 32 else { return nil }
        mark = ChainMark(position: id, chain: bytes)
    }
}

/// The file with the position of the last `tail` of an archive.
struct TailStateFile {
    private let file: FollowerFile

    var path: String { file.path }

    enum Content: Equatable {
        case none
        case unreadable
        case state(TailState)
    }

    /// Nil if there is no home directory or no archive.
    init?(for archive: ArchiveDirectory, environment: [String: String]) {
        guard let file = FollowerFile(named: "tail", of: archive, environment: environment) else { return nil }
        self.file = file
    }

    func read() -> Content {
        switch file.read() {
        case .none: .none
        case .unreadable: .unreadable
        case .bytes(let bytes): TailState(bytes).map { .state($0) } ?? .unreadable
        }
    }

    /// Writes the state. Returns false if that fails.
    func write(_ state: TailState) -> Bool {
        file.write(Array((state.json.compact + "\n").utf8))
    }
}
