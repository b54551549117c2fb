internal import Deliveries
internal import Foundation
internal import StrictJSON

/// An entry of the journal that is not a delivery: a change of the archive, or an action on its deliveries.
///
/// The payload is stored as JSON with sorted keys. The type is stored in `origin.type`. The ID of a record is its
/// position; hold 57, for example, is at position 57.
package enum JournalRecord: Sendable, Equatable, Codable {
    /// Unmasked data was accessed.
    case access(AccessRecord)
    /// A legal hold was placed. Its ID is the record's position.
    case hold(HoldRecord)
    case holdRelease(HoldReleaseRecord)
    /// Bodies were replaced by summaries.
    case prune(PruneRecord)
    /// Entries were replaced by gaps.
    case expiry(ExpiryRecord)
    /// A delivery was released from the quarantine.
    case release(ReleaseRecord)
    /// A delivery was sent again.
    case replay(ReplayRecord)
    /// A replay was started. Its ID is the record's position.
    case replayRun(ReplayRunRecord)
    case replayRunChange(ReplayRunChangeRecord)
    /// A link was requested from a provider. Its ID is the record's position.
    case link(LinkOrder)
    /// A link changed.
    case linkChange(LinkChangeRecord)
    /// An API call was ordered.
    case followUp(FollowUpOrder)
    /// An API call was attempted.
    case followUpAttempt(FollowUpAttemptRecord)
    /// Deliveries up to this position were searched for follow-ups.
    case followUpCursor(FollowUpCursorRecord)
    /// The retention settings changed, or a person confirmed them.
    case retention(RetentionRecord)
    /// A copy became the primary.
    case epoch(EpochRecord)

    private var parts: (type: RecordType, payload: any Encodable) {
        switch self {
        case .access(let payload): (.access, payload)
        case .hold(let payload): (.hold, payload)
        case .holdRelease(let payload): (.holdRelease, payload)
        case .prune(let payload): (.prune, payload)
        case .expiry(let payload): (.expiry, payload)
        case .release(let payload): (.release, payload)
        case .replay(let payload): (.replay, payload)
        case .replayRun(let payload): (.replayRun, payload)
        case .replayRunChange(let payload): (.replayRunChange, payload)
        case .link(let payload): (.link, payload)
        case .linkChange(let payload): (.linkChange, payload)
        case .followUp(let payload): (.followUp, payload)
        case .followUpAttempt(let payload): (.followUpAttempt, payload)
        case .followUpCursor(let payload): (.followUpCursor, payload)
        case .retention(let payload): (.retention, payload)
        case .epoch(let payload): (.epoch, payload)
        }
    }

    package var type: RecordType { parts.type }

    /// The payload as UTF-8 JSON.
    package var json: [UInt8] { RecordJSON.encode(parts.payload) }

    /// Decodes a payload. Nil if the JSON is not a valid payload of this type.
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
            case .release: payload(JournalRecord.release)
            case .replay: payload(JournalRecord.replay)
            case .replayRun: payload(JournalRecord.replayRun)
            case .replayRunChange: payload(JournalRecord.replayRunChange)
            case .link: payload(JournalRecord.link)
            case .linkChange: payload(JournalRecord.linkChange)
            case .followUp: payload(JournalRecord.followUp)
            case .followUpAttempt: payload(JournalRecord.followUpAttempt)
            case .followUpCursor: payload(JournalRecord.followUpCursor)
            case .retention: payload(JournalRecord.retention)
            case .epoch: payload(JournalRecord.epoch)
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
    case release
    case replay
    case replayRun = "replay-run"
    case replayRunChange = "replay-run-change"
    case link
    case linkChange = "link-change"
    case followUp = "follow-up"
    case followUpAttempt = "follow-up-attempt"
    case followUpCursor = "follow-up-cursor"
    case retention
    case epoch
}

/// JSON with sorted keys, so equal values have equal bytes.
package enum RecordJSON {
    package static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Encoding cannot fail, because payloads contain only strings, integers and bytes.
        return (try? encoder.encode(value)).map(Array.init) ?? []
    }

    private static let depthLimit = 32

    /// Nil if the JSON is not a value of the type, or is nested deeper than 32 levels.
    package static func decode<Value: Decodable>(_ type: Value.Type, from json: [UInt8]) -> Value? {
        guard json.withUnsafeBytes({ DecodableJSON.problem(in: $0, depthLimit: depthLimit) }) == nil else { return nil }
        return try? JSONDecoder().decode(type, from: Data(json))
    }
}
