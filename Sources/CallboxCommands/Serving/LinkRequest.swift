internal import Deliveries
internal import ReportArchive
internal import StrictJSON

/// What `callbox links` has written into the ledger.
enum LinkRequest: Equatable {
    case record(LinkOrder)
    case change(LinkID, LinkChange)

    var path: String {
        switch self {
        case .record: "/links/record"
        case .change: "/links/change"
        }
    }

    var body: JSONText {
        switch self {
        case .record(let order):
            .object([
                .init("provider", .string(order.provider)), .init("api", .string(order.api)),
                .init("keys", Self.text(order.keys)),
                .init("expectations", .array(order.expectations.map { .string($0.description) })),
                .init("externalInfo", .optional(order.externalInfo)),
                .init("expiresAt", Self.text(order.expiresAt)),
            ])
        case .change(let id, let change):
            .object([.init("id", .integer(id.rawValue))] + Self.members(of: change))
        }
    }

    private static func members(of change: LinkChange) -> [JSONText.Member] {
        switch change {
        case .created(let keys, let expiresAt):
            [.init("change", .string("created")), .init("keys", text(keys)), .init("expiresAt", text(expiresAt))]
        case .failed(let note): [.init("change", .string("failed")), .init("note", .string(note))]
        case .disabled: [.init("change", .string("disabled"))]
        case .dismissed(let note): [.init("change", .string("dismissed")), .init("note", .string(note))]
        case .rescheduled(let expiresAt):
            [.init("change", .string("rescheduled")), .init("expiresAt", text(expiresAt))]
        }
    }

    /// Reads a request back; nil for anything that is none.
    init?(path: String, _ root: JSONValue) {
        switch path {
        case "/links/record":
            guard let provider = root["provider"]?.string, !provider.isEmpty, let api = root["api"]?.string,
                let keys = Self.keys(root)
            else { return nil }
            var expectations: [LinkExpectation] = []
            guard let list = root["expectations"], list.kind == .array, Self.isText(root["externalInfo"]),
                Self.isTime(root["expiresAt"])
            else { return nil }
            for value in list.elements {
                guard let text = value.string, let expectation = LinkExpectation(text) else { return nil }
                expectations.append(expectation)
            }
            self = .record(
                LinkOrder(
                    provider: provider, api: api, keys: keys, expectations: expectations,
                    externalInfo: root["externalInfo"]?.string, expiresAt: Self.expiresAt(root)))
        case "/links/change":
            guard let id = root["id"]?.integer, let change = Self.change(root) else { return nil }
            self = .change(LinkID(rawValue: id), change)
        default: return nil
        }
    }

    private static func change(_ root: JSONValue) -> LinkChange? {
        switch root["change"]?.string {
        case "created" where isTime(root["expiresAt"]):
            keys(root).map { .created(keys: $0, expiresAt: expiresAt(root)) }
        case "failed": root["note"]?.string.map { .failed(note: $0) }
        case "disabled": .disabled
        case "dismissed": root["note"]?.string.map { .dismissed(note: $0) }
        case "rescheduled": expiresAt(root).map { .rescheduled(expiresAt: $0) }
        default: nil
        }
    }

    private static func text(_ keys: [ReportField]) -> JSONText {
        .array(keys.map { .array([.string($0.name), .string($0.value)]) })
    }

    private static func text(_ time: Timestamp?) -> JSONText {
        time.map { .integer($0.millisecondsSinceEpoch) } ?? .null
    }

    private static func keys(_ root: JSONValue) -> [ReportField]? {
        guard let array = root["keys"], array.kind == .array else { return nil }
        var keys: [ReportField] = []
        for pair in array.elements {
            let texts = pair.elements.map(\.string)
            guard texts.count == 2, let name = texts[0], let value = texts[1] else { return nil }
            keys.append(ReportField(name, value))
        }
        return keys
    }

    /// Whether this is a text, or none.
    private static func isText(_ value: JSONValue?) -> Bool {
        value.map { $0.kind == .null || $0.string != nil } ?? true
    }

    /// Whether this is a time, or none.
    private static func isTime(_ value: JSONValue?) -> Bool {
        value.map { $0.kind == .null || $0.integer != nil } ?? true
    }

    private static func expiresAt(_ root: JSONValue) -> Timestamp? {
        root["expiresAt"]?.integer.map(Timestamp.init(millisecondsSinceEpoch:))
    }
}
