internal import BodyCompression
internal import Deliveries
internal import Foundation
internal import ReportArchive
internal import StrictJSON

/// What `callbox archive` asks the writer of an archive to do. Work on the whole archive is asked for a slice at a time, so that
/// whoever asks can show how far it is, wait in between and stop.
enum UpkeepRequest: Equatable {
    case addDictionary(DictionaryScope, PresetDictionary, bodyCount: Int)
    /// After this delivery; from where the last run stopped where there is none.
    case repack(after: DeliveryID?)
    /// After this delivery; ages are counted from `now`.
    case prune(after: DeliveryID?, now: Timestamp)
    /// The bodies of these deliveries, but for those that are held.
    case pruneBodies([DeliveryID], reason: String, now: Timestamp)
    /// The end of a prune.
    case forgetPruned
    case vacuum(pageCount: Int)
    case placeHold(LegalHold.Subject, reason: String)
    case releaseHold(Int64)

    var path: String {
        switch self {
        case .addDictionary: "/archive/dictionary"
        case .repack: "/archive/repack"
        case .prune: "/archive/prune"
        case .pruneBodies: "/archive/prune-bodies"
        case .forgetPruned: "/archive/forget"
        case .vacuum: "/archive/vacuum"
        case .placeHold: "/archive/hold"
        case .releaseHold: "/archive/release"
        }
    }

    var body: JSONText {
        switch self {
        case .addDictionary(let scope, let dictionary, let bodyCount):
            .object([
                .init("source", .string(scope.source)), .init("kind", .optional(scope.kind)),
                .init("bodyCount", .integer(Int64(bodyCount))),
                .init("bytes", .string(Data(dictionary.bytes).base64EncodedString())),
            ])
        case .repack(let last): .object([.init("after", Self.number(last))])
        case .prune(let last, let now):
            .object([.init("after", Self.number(last)), .init("now", .integer(now.millisecondsSinceEpoch))])
        case .pruneBodies(let ids, let reason, let now):
            .object([
                .init("ids", .array(ids.map { .integer($0.rawValue) })), .init("reason", .string(reason)),
                .init("now", .integer(now.millisecondsSinceEpoch)),
            ])
        case .forgetPruned: .object([])
        case .vacuum(let pageCount): .object([.init("pageCount", .integer(Int64(pageCount)))])
        case .placeHold(.delivery(let id), let reason):
            .object([.init("delivery", .integer(id.rawValue)), .init("reason", .string(reason))])
        case .placeHold(.field(let field), let reason):
            .object([
                .init("name", .string(field.name)), .init("value", .string(field.value)),
                .init("reason", .string(reason)),
            ])
        case .releaseHold(let id): .object([.init("id", .integer(id))])
        }
    }

    /// Reads a request back; nil for anything that is none.
    init?(path: String, _ root: JSONValue) {
        switch path {
        case "/archive/dictionary":
            guard let source = root["source"]?.string, let bodyCount = root["bodyCount"]?.integer,
                let bytes = root["bytes"]?.string.flatMap({ Data(base64Encoded: $0) }),
                let dictionary = PresetDictionary(Array(bytes))
            else { return nil }
            let scope = DictionaryScope(source: source, kind: root["kind"]?.string)
            self = .addDictionary(scope, dictionary, bodyCount: Int(clamping: bodyCount))
        case "/archive/repack":
            self = .repack(after: root["after"]?.integer.map(DeliveryID.init(rawValue:)))
        case "/archive/prune":
            guard let now = root["now"]?.integer else { return nil }
            self = .prune(
                after: root["after"]?.integer.map(DeliveryID.init(rawValue:)),
                now: Timestamp(millisecondsSinceEpoch: now))
        case "/archive/prune-bodies":
            guard let list = root["ids"], list.kind == .array, let now = root["now"]?.integer,
                let reason = root["reason"]?.string, !reason.isEmpty
            else { return nil }
            let ids = list.elements.map(\.integer)
            guard !ids.contains(nil) else { return nil }
            self = .pruneBodies(
                ids.compactMap { $0.map(DeliveryID.init(rawValue:)) }, reason: reason,
                now: Timestamp(millisecondsSinceEpoch: now))
        case "/archive/forget": self = .forgetPruned
        case "/archive/vacuum":
            guard let pageCount = root["pageCount"]?.integer else { return nil }
            self = .vacuum(pageCount: Int(clamping: pageCount))
        case "/archive/hold":
            guard let reason = root["reason"]?.string, !reason.isEmpty else { return nil }
            if let id = root["delivery"]?.integer {
                self = .placeHold(.delivery(DeliveryID(rawValue: id)), reason: reason)
            } else {
                guard let name = root["name"]?.string, let value = root["value"]?.string else { return nil }
                self = .placeHold(.field(ReportField(name, value)), reason: reason)
            }
        case "/archive/release":
            guard let id = root["id"]?.integer else { return nil }
            self = .releaseHold(id)
        default: return nil
        }
    }

    private static func number(_ id: DeliveryID?) -> JSONText {
        id.map { .integer($0.rawValue) } ?? .null
    }
}
