internal import Deliveries
internal import Foundation

/// An entry of the journal that is not a delivery: something that changed the archive or was done with it.
///
/// A record's payload is stored as JSON with sorted keys; its type name is stored beside it (`origin.type`). A record is found
/// again by its position in the journal, which is its ID: hold 57, link 61.
package enum JournalRecord: Sendable, Equatable {
    /// Masked data was shown in full.
    case access(AccessRecord)
    /// A legal hold was placed. Its ID is the record's position.
    case hold(HoldRecord)
    /// A legal hold was released.
    case holdRelease(HoldReleaseRecord)
    /// Bodies were pruned; summaries took their places.
    case prune(PruneRecord)
    /// Entries were removed; gaps took their places.
    case expiry(ExpiryRecord)
    /// A delivery was released from the quarantine.
    case promotion(PromotionRecord)
    /// A delivery was sent again.
    case replay(ReplayRecord)
    /// Something was requested from a provider. Its ID is the record's position.
    case link(LinkOrder)
    /// A link changed.
    case linkChange(LinkChangeRecord)
    /// A call to a provider is to be made.
    case followUp(FollowUpOrder)
    /// A call to a provider was made.
    case followUpAttempt(FollowUpAttemptRecord)
    /// The position up to which deliveries were searched for follow-ups.
    case followUpCursor(FollowUpCursorRecord)
    /// The retention settings changed, or a person confirmed them.
    case retention(RetentionRecord)

    /// The stored name of the type.
    package var type: RecordType {
        switch self {
        case .access: .access
        case .hold: .hold
        case .holdRelease: .holdRelease
        case .prune: .prune
        case .expiry: .expiry
        case .promotion: .promotion
        case .replay: .replay
        case .link: .link
        case .linkChange: .linkChange
        case .followUp: .followUp
        case .followUpAttempt: .followUpAttempt
        case .followUpCursor: .followUpCursor
        case .retention: .retention
        }
    }

    /// The payload, as JSON in UTF-8.
    package var json: [UInt8] {
        switch self {
        case .access(let payload): RecordJSON.encode(payload)
        case .hold(let payload): RecordJSON.encode(payload)
        case .holdRelease(let payload): RecordJSON.encode(payload)
        case .prune(let payload): RecordJSON.encode(payload)
        case .expiry(let payload): RecordJSON.encode(payload)
        case .promotion(let payload): RecordJSON.encode(payload)
        case .replay(let payload): RecordJSON.encode(payload)
        case .link(let payload): RecordJSON.encode(payload)
        case .linkChange(let payload): RecordJSON.encode(payload)
        case .followUp(let payload): RecordJSON.encode(payload)
        case .followUpAttempt(let payload): RecordJSON.encode(payload)
        case .followUpCursor(let payload): RecordJSON.encode(payload)
        case .retention(let payload): RecordJSON.encode(payload)
        }
    }

    /// Reads a payload back; nil when it is not one of this type.
    package init?(_ type: RecordType, json: [UInt8]) {
        func payload<Payload: Decodable>(_ case: (Payload) -> JournalRecord) -> JournalRecord? {
            RecordJSON.decode(Payload.self, from: json).map(`case`)
        }
        let record: JournalRecord? =
            switch type {
            case .access: payload(JournalRecord.access)
            case .hold: payload(JournalRecord.hold)
            case .holdRelease: payload(JournalRecord.holdRelease)
            case .prune: payload(JournalRecord.prune)
            case .expiry: payload(JournalRecord.expiry)
            case .promotion: payload(JournalRecord.promotion)
            case .replay: payload(JournalRecord.replay)
            case .link: payload(JournalRecord.link)
            case .linkChange: payload(JournalRecord.linkChange)
            case .followUp: payload(JournalRecord.followUp)
            case .followUpAttempt: payload(JournalRecord.followUpAttempt)
            case .followUpCursor: payload(JournalRecord.followUpCursor)
            case .retention: payload(JournalRecord.retention)
            }
        guard let record else { return nil }
        self = record
    }
}

/// The stored names of the types of records.
package enum RecordType: String, Sendable, CaseIterable {
    case access
    case hold
    case holdRelease = "hold-release"
    case prune
    case expiry
    case promotion
    case replay
    case link
    case linkChange = "link-change"
    case followUp = "follow-up"
    case followUpAttempt = "follow-up-attempt"
    case followUpCursor = "follow-up-cursor"
    case retention
}

/// JSON as records store it: sorted keys, so that equal values have equal bytes.
package enum RecordJSON {
    package static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Payloads hold texts, whole numbers and bytes; none of them can fail to encode.
        return (try? encoder.encode(value)).map(Array.init) ?? []
    }

    /// Levels of nesting. Foundation's decoder ends the process on some deeper texts.
    private static let depthLimit = 32

    package static func decode<Value: Decodable>(_ type: Value.Type, from json: [UInt8]) -> Value? {
        guard !isTooDeep(json) else { return nil }
        return try? JSONDecoder().decode(type, from: Data(json))
    }

    /// Counts brackets outside strings.
    private static func isTooDeep(_ json: [UInt8]) -> Bool {
        var depth = 0
        var isInString = false
        var isEscaped = false
        for byte in json {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            if depth > depthLimit { return true }
        }
        return false
    }
}

extension JournalRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case type
        case payload
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .type)
        let json = try container.decode(String.self, forKey: .payload)
        guard let type = RecordType(rawValue: name), let record = JournalRecord(type, json: Array(json.utf8)) else {
            throw DecodingError.dataCorruptedError(forKey: .payload, in: container, debugDescription: "not a record")
        }
        self = record
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type.rawValue, forKey: .type)
        try container.encode(String(decoding: json, as: UTF8.self), forKey: .payload)
    }
}
