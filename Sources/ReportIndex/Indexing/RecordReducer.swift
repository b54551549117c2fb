internal import Deliveries
internal import Foundation
internal import GRDB
internal import Journal

/// Applies records to the tables that are reduced from them. A record that refers to something unknown changes nothing.
enum RecordReducer {
    static func apply(_ positioned: IndexBatch.PositionedRecord, _ db: Database) throws {
        let (id, time) = (positioned.position, positioned.recordedAt.millisecondsSinceEpoch)
        switch positioned.record {
        case .access(let access):
            try db.execute(
                sql:
                    "INSERT INTO access (id, atMilliseconds, user, command, subject, reason) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    id, time, access.user.bindable, access.command.bindable, access.subject.bindable,
                    access.reason?.bindable,
                ])
        case .hold(let hold): try apply(hold, id, time, db)
        case .holdRelease(let release):
            try db.execute(
                sql: "UPDATE hold SET releasedAtMilliseconds = ? WHERE id = ? AND releasedAtMilliseconds IS NULL",
                arguments: [time, release.hold])
        case .prune: break
        case .expiry(let expiry):
            for range in expiry.ranges { try IndexRows.remove(range, db) }
            try IndexState.setCleanUpDue(true, db)
        case .promotion(let promotion):
            guard let delivery = positioned.promoted, try isKnown(delivery, before: id, db) else { return }
            try db.execute(
                sql: """
                    INSERT INTO promotion (deliveryId, quarantineId, promotedAtMilliseconds, verification, reason, forcedBecause)
                    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    delivery, promotion.quarantineID, time, promotion.verification.rawValue, promotion.reason.bindable,
                    promotion.forcedBecause?.bindable,
                ])
        case .replay(let replay): try apply(replay, id, db)
        case .link(let order): try apply(order, id, time, db)
        case .linkChange(let change): try apply(change, db)
        case .followUp(let order):
            try db.execute(
                sql: """
                    INSERT INTO followUp (id, source, task, subject, causeDeliveryId, state, attemptCount,
                        nextAttemptAtMilliseconds)
                    VALUES (?, ?, ?, ?, ?, 'waiting', 0, ?) ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    id, order.source.bindable, order.task.bindable, order.subject.bindable, order.cause?.rawValue, time,
                ])
        case .followUpAttempt(let attempt): try apply(attempt, db)
        case .followUpCursor(let cursor):
            let known = try IndexState.followUpCursor(db) ?? 0
            try IndexState.moveFollowUpCursor(to: max(known, cursor.position.rawValue), db)
        case .retention(let retention):
            try db.execute(
                sql: "INSERT INTO retention (id, recordedAtMilliseconds, settings, isConfirmed) VALUES (?, ?, ?, ?)",
                arguments: [id, time, retention.settings, retention.isConfirmed])
        }
    }

    /// Whether there is such a delivery before the record: a later one may be in the same batch.
    private static func isKnown(_ delivery: Int64, before record: Int64, _ db: Database) throws -> Bool {
        guard delivery < record else { return false }
        return try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM delivery WHERE id = ?)"), arguments: [delivery])
            ?? false
    }

    private static func apply(_ hold: HoldRecord, _ id: Int64, _ time: Int64, _ db: Database) throws {
        let subject: StatementArguments =
            switch hold.subject {
            case .delivery(let delivery): [delivery.rawValue, nil, nil]
            case .field(let field): [nil, field.name.bindable, field.value.bindable]
            }
        try db.execute(
            sql:
                "INSERT INTO hold (id, deliveryId, name, value, reason, placedAtMilliseconds) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [id] + subject + [hold.reason.bindable, time])
    }

    private static func apply(_ replay: ReplayRecord, _ id: Int64, _ db: Database) throws {
        guard try isKnown(replay.deliveryID.rawValue, before: id, db) else { return }
        var outcome: StatementArguments
        switch replay.outcome {
        case .responded(let status, let count, let digest): outcome = [status, count, Data(digest), nil]
        case .failed(let text): outcome = [nil, nil, nil, text.bindable]
        }
        try db.execute(
            sql: """
                INSERT INTO replay (id, deliveryId, startedAtMilliseconds, method, url, durationMilliseconds, status,
                    responseByteCount, responseSHA256, failure)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, replay.deliveryID.rawValue, replay.startedAt.millisecondsSinceEpoch, replay.method.bindable,
                replay.url.bindable, replay.durationMilliseconds,
            ] + outcome)
    }

    private static func apply(_ order: LinkOrder, _ id: Int64, _ time: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO link (id, createdAtMilliseconds, provider, api, state, expiresAtMilliseconds, externalInfo)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, time, order.provider.bindable, order.api.bindable, LinkState.requested.rawValue,
                order.expiresAt?.millisecondsSinceEpoch, order.externalInfo?.bindable,
            ])
        try add(order.keys, to: id, db)
        for expectation in order.expectations {
            try db.execute(
                sql: """
                    INSERT INTO linkExpectation (linkId, type, fieldName, fieldValue) VALUES (?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    id, expectation.type.bindable, expectation.field?.name.bindable ?? "",
                    expectation.field?.value.bindable ?? "",
                ])
        }
    }

    private static func add(_ keys: [ReportField], to link: Int64, _ db: Database) throws {
        for key in keys {
            try db.execute(
                sql: "INSERT INTO linkKey (linkId, name, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [link, key.name.bindable, key.value.bindable])
        }
    }

    private static func apply(_ changed: LinkChangeRecord, _ db: Database) throws {
        let link = changed.link.rawValue
        func set(_ assignments: String, _ arguments: StatementArguments) throws {
            try db.execute(sql: "UPDATE link SET \(assignments) WHERE id = ?", arguments: arguments + [link])
        }
        switch changed.change {
        case .created(let keys, let expiresAt):
            try set(
                "state = ?, expiresAtMilliseconds = coalesce(?, expiresAtMilliseconds)",
                [LinkState.created.rawValue, expiresAt?.millisecondsSinceEpoch])
            if db.changesCount > 0 { try add(keys, to: link, db) }
        case .failed(let note): try set("state = ?, note = ?", [LinkState.failed.rawValue, note.bindable])
        case .disabled: try set("state = ?", [LinkState.disabled.rawValue])
        case .dismissed(let note): try set("state = ?, note = ?", [LinkState.dismissed.rawValue, note.bindable])
        case .rescheduled(let expiresAt):
            try set("expiresAtMilliseconds = ?", [expiresAt.millisecondsSinceEpoch])
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
                """,
            arguments: [
                state.rawValue, next?.millisecondsSinceEpoch, fetched?.rawValue, problem?.bindable, attempt.followUp,
            ])
    }
}
