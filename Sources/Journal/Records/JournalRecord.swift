internal import Deliveries
internal import Foundation
internal import StrictJSON

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

    private var parts: (type: RecordType, payload: any Encodable) {
        switch self {
        case .access(let payload): (.access, payload)
        case .hold(let payload): (.hold, payload)
        case .holdRelease(let payload): (.holdRelease, payload)
        case .prune(let payload): (.prune, payload)
        case .expiry(let payload): (.expiry, payload)
        case .promotion(let payload): (.promotion, payload)
        case .replay(let payload): (.replay, payload)
        case .link(let payload): (.link, payload)
        case .linkChange(let payload): (.linkChange, payload)
        case .followUp(let payload): (.followUp, payload)
        case .followUpAttempt(let payload): (.followUpAttempt, payload)
        case .followUpCursor(let payload): (.followUpCursor, payload)
        case .retention(let payload): (.retention, payload)
        }
    }

    /// The stored name of the type.
    package var type: RecordType {
        parts.type
    }

    /// The payload, as JSON in UTF-8.
    package var json: [UInt8] {
        RecordJSON.encode(parts.payload)
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

    /// Levels of arrays and objects.
    private static let depthLimit = 32

    /// Reads a value back; nil when the text is not one.
    package static func decode<Value: Decodable>(_ type: Value.Type, from json: [UInt8]) -> Value? {
        guard json.withUnsafeBytes({ DecodableJSON.problem(in: $0, depthLimit: depthLimit) }) == nil else { return nil }
        return try? JSONDecoder().decode(type, from: Data(json))
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
