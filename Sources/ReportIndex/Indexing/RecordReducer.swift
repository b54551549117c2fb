internal import Deliveries
internal import Foundation
internal import GRDB
internal import Journal
internal import TextForms

/// Applies journal records to the tables that are derived from them. Ignores a record that refers to an unknown
/// delivery or record.
enum RecordReducer {
    static func apply(_ positioned: IndexBatch.PositionedRecord, _ db: Database) throws {
        let (id, time) = (positioned.position, positioned.recordedAt)
        switch positioned.record {
        case .access(let access):
            try db.insert(
                "access",
                [
                    "id": id, "atMilliseconds": time, "user": access.user, "command": access.command,
                    "subject": access.subject, "reason": access.reason,
                ])
        case .hold(let hold):
            var delivery: DeliveryID?
            var field: ReportField?
            switch hold.subject {
            case .delivery(let id): delivery = id
            case .field(let held): field = held
            }
            try db.insert(
                "hold",
                [
                    "id": id, "deliveryId": delivery, "name": field?.name, "value": field?.value,
                    "reason": hold.reason, "placedAtMilliseconds": time,
                ])
        case .holdRelease(let release):
            try db.execute(
                sql: "UPDATE hold SET releasedAtMilliseconds = ? WHERE id = ? AND releasedAtMilliseconds IS NULL",
                arguments: [time, release.hold])
        case .prune, .epoch: break
        case .expiry(let expiry):
            for range in expiry.ranges { try IndexRows.remove(range, db) }
            try IndexState.setCleanUpDue(true, db)
        case .release(let release):
            guard let delivery = positioned.released, try isKnown(delivery, before: id, db) else { return }
            try db.insert(
                "quarantineRelease",
                [
                    "deliveryId": delivery, "quarantineId": release.quarantineID, "releasedAtMilliseconds": time,
                    "verification": release.verification, "reason": release.reason,
                    "forcedBecause": release.forcedBecause,
                ])
        case .replay(let replay): try apply(replay, id, db)
        case .replayRun(let run):
            try db.insert(
                "replayRun",
                [
                    "id": id, "startedAtMilliseconds": run.startedAt, "changedAtMilliseconds": run.startedAt,
                    "state": ReplayRunState.started, "url": run.url, "deliveryCount": run.deliveryCount,
                    "itemCount": run.itemCount, "byteCount": run.byteCount, "options": run.options,
                ])
        case .replayRunChange(let change):
            let state: ReplayRunState =
                switch change.change {
                case .resumed: .resumed
                case .paused: .paused
                case .ended: .ended
                }
            try db.execute(
                sql: "UPDATE replayRun SET state = ?, changedAtMilliseconds = ? WHERE id = ?",
                arguments: [state, change.at, change.run])
        case .link(let order): try apply(order, id, time, db)
        case .linkChange(let change): try apply(change, db)
        case .followUp(let order):
            try db.insert(
                "followUp",
                [
                    "id": id, "source": order.source, "task": order.task, "subject": order.subject,
                    "causeDeliveryId": order.cause, "state": FollowUpState.waiting, "attemptCount": 0,
                    "nextAttemptAtMilliseconds": time,
                ])
        case .followUpAttempt(let attempt): try apply(attempt, db)
        case .followUpCursor(let cursor):
            let known = try IndexState.followUpCursor(db) ?? 0
            try IndexState.moveFollowUpCursor(to: max(known, cursor.position.rawValue), db)
        case .retention(let retention):
            try db.insert(
                "retention",
                [
                    "id": id, "recordedAtMilliseconds": time, "settings": retention.settings,
                    "isConfirmed": retention.isConfirmed,
                ])
        }
    }

    /// True if the delivery was indexed before the record. Compares positions, because a batch may also contain later
    /// deliveries.
    private static func isKnown(_ delivery: Int64, before record: Int64, _ db: Database) throws -> Bool {
        guard delivery < record else { return false }
        return try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM delivery WHERE id = ?)"), arguments: [delivery])
            ?? false
    }

    private static func apply(_ replay: ReplayRecord, _ id: Int64, _ db: Database) throws {
        guard try isKnown(replay.deliveryID.rawValue, before: id, db) else { return }
        var response: (status: Int, byteCount: Int, digest: [UInt8])?
        var failure: String?
        switch replay.outcome {
        case .responded(let status, let byteCount, let digest): response = (status, byteCount, digest)
        case .failed(let text): failure = text
        }
        try db.insert(
            "replay",
            [
                "id": id, "deliveryId": replay.deliveryID, "startedAtMilliseconds": replay.startedAt,
                "method": replay.method, "url": replay.url, "durationMilliseconds": replay.durationMilliseconds,
                "status": response?.status, "responseByteCount": response?.byteCount,
                "responseSHA256": response.map { Data($0.digest) }, "failure": failure,
                "changes": replay.changes.isEmpty ? nil : replay.changes.joined(separator: "\n").bindable,
                "runId": replay.place?.run, "item": replay.place?.item,
                "isSentAgain": replay.place?.isSentAgain ?? false,
            ])
    }

    private static func apply(_ order: LinkOrder, _ id: Int64, _ time: Timestamp, _ db: Database) throws {
        try db.insert(
            "link",
            [
                "id": id, "createdAtMilliseconds": time, "provider": order.provider, "api": order.api,
                "state": LinkState.requested, "expiresAtMilliseconds": order.expiresAt,
                "externalInfo": order.externalInfo,
            ])
        try add(order.keys, to: LinkID(rawValue: id), db)
        for expectation in order.expectations {
            try db.insert(
                "linkExpectation",
                [
                    "linkId": id, "type": expectation.type, "fieldName": expectation.field?.name ?? "",
                    "fieldValue": expectation.field?.value ?? "",
                ])
        }
    }

    private static func add(_ keys: [ReportField], to link: LinkID, _ db: Database) throws {
        for key in keys {
            try db.insert(
                "linkKey",
                ["linkId": link, "name": key.name, "value": key.value, "foldedValue": TextFolding.key(key.value)])
        }
    }

    private static func apply(_ changed: LinkChangeRecord, _ db: Database) throws {
        func set(_ assignments: String, _ arguments: StatementArguments) throws {
            try db.execute(sql: "UPDATE link SET \(assignments) WHERE id = ?", arguments: arguments + [changed.link])
        }
        switch changed.change {
        case .created(let keys, let expiresAt):
            try set(
                "state = ?, expiresAtMilliseconds = coalesce(?, expiresAtMilliseconds)", [LinkState.created, expiresAt])
            if db.changesCount > 0 { try add(keys, to: changed.link, db) }
        case .failed(let note): try set("state = ?, note = ?", [LinkState.failed, note.bindable])
        case .cancelled: try set("state = ?", [LinkState.cancelled])
        case .dismissed(let note): try set("state = ?, note = ?", [LinkState.dismissed, note.bindable])
        case .rescheduled(let expiresAt): try set("expiresAtMilliseconds = ?", [expiresAt])
        }
    }

    private static func apply(_ attempt: FollowUpAttemptRecord, _ db: Database) throws {
        let (state, next, fetched, problem): (FollowUpState, Timestamp?, DeliveryID?, String?) =
            switch attempt.outcome {
            case .done(let fetched): (.done, nil, fetched, nil)
            case .retry(let next, let problem): (.waiting, next, nil, problem)
            case .failed(let problem): (.failed, nil, nil, problem)
            }
        try db.execute(
            sql: """
                UPDATE followUp SET state = ?, attemptCount = attemptCount + 1, nextAttemptAtMilliseconds = ?,
                    fetchedDeliveryId = ?, problem = ?
                WHERE id = ?
                """, arguments: [state, next, fetched, problem?.bindable, attempt.followUp])
    }
}
