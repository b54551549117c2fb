internal import Deliveries
internal import ReportArchive
internal import StrictJSON

/// What the command line asks of a running server, over the archive's control socket: one POST each.
enum ControlRequest: Equatable {
    case recordReplay(ReplayRecord)
    case rebuild
    /// `forcedBecause` is why a person lets in what nothing proves.
    case promote(QuarantineID, forcedBecause: String?)
    /// All of them where there is no number.
    case purgeQuarantine(QuarantineID?)
    case upkeep(UpkeepRequest)
    case link(LinkRequest)
    case recordAccess(AccessRecord)
    case importDeliveries(ImportRequest)

    /// Where deliveries are handed over, bodies and all.
    static let importPath = "/import"

    var path: String {
        switch self {
        case .recordReplay: "/replays"
        case .rebuild: "/rebuild"
        case .promote: "/quarantine/promote"
        case .purgeQuarantine: "/quarantine/purge"
        case .upkeep(let request): request.path
        case .link(let request): request.path
        case .recordAccess: "/access"
        case .importDeliveries: Self.importPath
        }
    }

    var body: String {
        switch self {
        case .rebuild: return "{}"
        case .promote(let id, let forcedBecause):
            return JSONText.object([
                .init("id", .integer(id.rawValue)), .init("forcedBecause", .optional(forcedBecause)),
            ]).compact
        case .purgeQuarantine(let id):
            return JSONText.object([.init("id", id.map { .integer($0.rawValue) } ?? .null)]).compact
        case .upkeep(let request): return request.body.compact
        case .link(let request): return request.body.compact
        case .recordAccess(let record):
            return JSONText.object([
                .init("user", .string(record.user)), .init("command", .string(record.command)),
                .init("what", .string(record.what)), .init("reason", .optional(record.reason)),
            ]).compact
        case .importDeliveries(let request): return request.body.compact
        case .recordReplay(let record):
            var members: [JSONText.Member] = [
                .init("deliveryId", .integer(record.deliveryID.rawValue)),
                .init("startedAtMilliseconds", .integer(record.startedAt.millisecondsSinceEpoch)),
                .init("method", .string(record.method)),
                .init("url", .string(record.url)),
                .init("durationMilliseconds", .integer(record.durationMilliseconds)),
            ]
            switch record.outcome {
            case .answered(let status, let byteCount, let sha256):
                members.append(.init("status", .integer(Int64(status))))
                members.append(.init("responseByteCount", .integer(Int64(byteCount))))
                members.append(.init("responseSHA256", .string(Hex.encode(sha256))))
            case .failed(let text):
                members.append(.init("failure", .string(text)))
            }
            return JSONText.object(members).compact
        }
    }

    /// Reads a request back; nil for anything that is none.
    init?(path: String, body: [UInt8]) {
        guard let root = (try? JSONDocument(parsing: body))?.root else { return nil }
        switch path {
        case "/rebuild":
            self = .rebuild
        case "/quarantine/promote":
            guard let id = root["id"]?.integer else { return nil }
            self = .promote(QuarantineID(rawValue: id), forcedBecause: root["forcedBecause"]?.string)
        case "/quarantine/purge":
            // All of them only where that is what stands there: a damaged number must not forget the others.
            guard let id = root["id"] else { return nil }
            if id.kind == .null {
                self = .purgeQuarantine(nil)
            } else {
                guard let number = id.integer else { return nil }
                self = .purgeQuarantine(QuarantineID(rawValue: number))
            }
        case "/replays":
            guard let delivery = root["deliveryId"]?.integer, let startedAt = root["startedAtMilliseconds"]?.integer,
                let method = root["method"]?.string, let url = root["url"]?.string,
                let duration = root["durationMilliseconds"]?.integer, let outcome = Self.outcome(root)
            else { return nil }
            self = .recordReplay(
                ReplayRecord(
                    deliveryID: DeliveryID(rawValue: delivery), startedAt: Timestamp(millisecondsSinceEpoch: startedAt),
                    method: method, url: url, durationMilliseconds: duration, outcome: outcome))
        case "/access":
            guard let user = root["user"]?.string, let command = root["command"]?.string,
                let what = root["what"]?.string, let reason = root["reason"], [.string, .null].contains(reason.kind),
                let record = AccessRecord(user: user, command: command, what: what, reason: reason.string)
            else { return nil }
            self = .recordAccess(record)
        case Self.importPath:
            guard let request = ImportRequest(root) else { return nil }
            self = .importDeliveries(request)
        default:
            if let request = UpkeepRequest(path: path, root) {
                self = .upkeep(request)
            } else if let request = LinkRequest(path: path, root) {
                self = .link(request)
            } else {
                return nil
            }
        }
    }

    private static func outcome(_ root: JSONValue) -> ReplayRecord.Outcome? {
        if let failure = root["failure"]?.string { return .failed(failure) }
        guard let status = root["status"]?.integer, (100...999).contains(status),
            let byteCount = root["responseByteCount"]?.integer, let hex = root["responseSHA256"]?.string,
            let sha256 = Hex.decode(hex.utf8), sha256.count == 32
        else { return nil }
        return .answered(status: Int(status), responseByteCount: Int(byteCount), responseSHA256: sha256)
    }
}

extension JSONValue {
    /// A whole number that is not negative.
    var integer: Int64? {
        kind == .number ? DecimalText.nonNegative(rawText.utf8) : nil
    }
}
