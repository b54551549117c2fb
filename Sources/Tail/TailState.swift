internal import Deliveries
internal import Foundation
internal import Journal
internal import Quarantine
internal import ReportIndex
internal import StrictJSON

/// The position of the last `tail` of an archive, as stored.
struct TailState: Equatable {
    let position: FeedPosition
    /// Identifies the archive.
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

/// The file of an archive, readable by its owner only.
struct TailStateFile {
    /// More than any such file has.
    private static let byteCountLimit = 4096

    let path: String

    enum Content: Equatable {
        case none
        case unreadable
        case state(TailState)
    }

    /// Below `$XDG_STATE_HOME` (XDG Base Directory Specification), which must be absolute, or `~/.local/state`. Nil without a home
    /// or an archive.
    init?(for archive: ArchiveDirectory, environment: [String: String]) {
        guard let digest = archive.pathDigest else { return nil }
        var folder = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        if folder == nil { folder = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 + "/.local/state" } }
        guard let folder else { return nil }
        path = folder + "/callbox/tail-\(digest).json"
    }

    func read() -> Content {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { return errno == ENOENT ? .none : .unreadable }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.byteCountLimit)
        let count = bytes.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0, count < Self.byteCountLimit else { return .unreadable }
        return TailState(Array(bytes.prefix(count))).map { .state($0) } ?? .unreadable
    }

    /// Writes a draft and renames it: a reader must never see a partial file. False if that fails.
    func write(_ state: TailState) -> Bool {
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let draft = "\(path).\(ProcessInfo.processInfo.processIdentifier)"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        let bytes = Array((state.json.compact + "\n").utf8)
        let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
        guard count == bytes.count, rename(draft, path) == 0 else {
            unlink(draft)
            return false
        }
        return true
    }
}
