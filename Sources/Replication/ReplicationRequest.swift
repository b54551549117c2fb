package import Deliveries
package import Journal

/// A follower's request for entries: `GET /entries?…`.
///
/// | item | value |
/// |---|---|
/// | `after` | the follower has all entries up to this position on its disk |
/// | `at`, `chain` | a mark of the follower's archive, at or before `after`, which shows that the archive is a copy |
/// | `epoch`, `start`, `start-chain` | the follower's epoch, and the mark at which the epoch started |
/// | `wait` | seconds to wait for an entry |
/// | `node` | the follower's name, for metrics |
/// | `instance` | a random number of the follower's process, because another process may have the same name |
/// | `leave` | 1 if the follower does not continue; the response then contains no entries |
package struct ReplicationRequest: Sendable, Equatable {
    package static let path = "/entries"
    /// The maximum wait in seconds. It is shorter than the listener's time limit for a response.
    package static let waitLimit: Int64 = 20

    package var after: Int64
    package var mark: ChainMark
    package var epoch: Int64
    package var epochStart: ChainMark
    package var waitSeconds: Int64
    package var node: String
    package var instance: Int64
    package var isLeaving: Bool

    package init(
        after: Int64, mark: ChainMark, epoch: Int64, epochStart: ChainMark, waitSeconds: Int64, node: String,
        instance: Int64, isLeaving: Bool = false
    ) {
        self.after = after
        self.mark = mark
        self.epoch = epoch
        self.epochStart = epochStart
        self.waitSeconds = waitSeconds
        self.node = node
        self.instance = instance
        self.isLeaving = isLeaving
    }

    package var target: String {
        "\(Self.path)?after=\(after)&at=\(mark.position)&chain=\(Hex.encode(mark.chain))&epoch=\(epoch)"
            + "&start=\(epochStart.position)&start-chain=\(Hex.encode(epochStart.chain))&wait=\(waitSeconds)"
            + "&node=\(node)&instance=\(instance)" + (isLeaving ? "&leave=1" : "")
    }

    /// Nil if an item is missing or malformed.
    package init?(_ target: RequestTarget) {
        let items = Dictionary(target.queryItems.map { ($0.name, $0.value) }) { first, _ in first }
        func number(_ name: String) -> Int64? { items[name].flatMap { DecimalText.nonNegative($0.utf8) } }
        func mark(_ position: String, _ chain: String) -> ChainMark? {
            guard let position = number(position), let chain = items[chain].flatMap({ Hex.decode($0.utf8) }),
                chain.count == ChainHash.start.count
            else { return nil }
            return ChainMark(position: position, chain: chain)
        }
        guard target.path == Self.path, let after = number("after"), let at = mark("at", "chain"),
            at.position <= after, let epoch = number("epoch"), let start = mark("start", "start-chain"),
            let wait = number("wait"), let node = items["node"], Self.isNode(node),
            let instance = number("instance"), ["1", nil].contains(items["leave"])
        else { return nil }
        self.init(
            after: after, mark: at, epoch: epoch, epochStart: start, waitSeconds: min(wait, Self.waitLimit),
            node: node, instance: instance, isLeaving: items["leave"] != nil)
    }

    /// True for a valid name. The rules are those for nodes of a shared journal, because the name is a label of
    /// metrics.
    private static func isNode(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2d || byte == 0x5f
            }
    }
}

/// The reason why a primary sends no entries. It is the value of the header `Callbox-Replication` in a response with
/// status 409.
package enum ReplicationRefusal: Sendable, Equatable {
    package static let header = "Callbox-Replication"

    /// The follower's archive is not a copy of the primary's archive.
    case differs
    /// The entry at the mark was removed. A mark at or before `lastKnown` can be compared.
    case removed(lastKnown: Int64)
    /// Another follower with the same name was connected first and is still connected.
    case nameInUse

    package init?(_ text: String) {
        if text == "differs" {
            self = .differs
        } else if text == "name-in-use" {
            self = .nameInUse
        } else if text.hasPrefix("removed="), let position = DecimalText.nonNegative(text.utf8.dropFirst(8)) {
            self = .removed(lastKnown: position)
        } else {
            return nil
        }
    }

    package var text: String {
        switch self {
        case .differs: "differs"
        case .removed(let position): "removed=\(position)"
        case .nameInUse: "name-in-use"
        }
    }
}
