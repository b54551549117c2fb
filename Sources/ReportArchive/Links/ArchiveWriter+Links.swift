package import Deliveries
internal import GRDB

extension ArchiveWriter {
    /// Writes down what is about to be asked for. On disk when this returns, so that a link is known even where its answer is
    /// lost.
    package func record(_ order: LinkOrder, at now: Timestamp) throws(ArchiveError) -> LinkID {
        try performWhole { db in
            try db.execute(
                sql: """
                    INSERT INTO link (createdAtMilliseconds, provider, api, state, expiresAtMilliseconds, externalInfo)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    now.millisecondsSinceEpoch, order.provider.bindable, order.api.bindable,
                    LinkState.requested.rawValue, order.expiresAt?.millisecondsSinceEpoch, order.externalInfo?.bindable,
                ])
            let id = db.lastInsertedRowID
            try LinkRows.add(order.keys, to: id, db)
            for expectation in order.expectations {
                try db.execute(
                    sql: """
                        INSERT INTO linkExpectation (linkId, kind, fieldName, fieldValue) VALUES (?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """,
                    arguments: [
                        id, expectation.kind.bindable, expectation.field?.name.bindable ?? "",
                        expectation.field?.value.bindable ?? "",
                    ])
            }
            return LinkID(rawValue: id)
        }
    }

    /// Writes down what became of a link; false where there is none with this number.
    package func change(_ id: LinkID, _ change: LinkChange) throws(ArchiveError) -> Bool {
        try performWhole { db in
            func set(_ assignments: String, _ arguments: StatementArguments) throws {
                try db.execute(
                    sql: "UPDATE link SET \(assignments) WHERE id = ?", arguments: arguments + [id.rawValue])
            }
            switch change {
            case .created(let keys, let expiresAt):
                try set(
                    "state = ?, expiresAtMilliseconds = coalesce(?, expiresAtMilliseconds)",
                    [LinkState.created.rawValue, expiresAt?.millisecondsSinceEpoch])
                guard db.changesCount > 0 else { return false }
                try LinkRows.add(keys, to: id.rawValue, db)
                return true
            case .failed(let note):
                try set("state = ?, note = ?", [LinkState.failed.rawValue, note.bindable])
            case .disabled:
                try set("state = ?", [LinkState.disabled.rawValue])
            case .dismissed(let note):
                try set("state = ?, note = ?", [LinkState.dismissed.rawValue, note.bindable])
            case .rescheduled(let expiresAt):
                try set("expiresAtMilliseconds = ?", [expiresAt.millisecondsSinceEpoch])
            }
            return db.changesCount > 0
        }
    }
}

/// The rows of the ledger's tables.
enum LinkRows {
    static func add(_ keys: [ReportField], to link: Int64, _ db: Database) throws {
        for key in keys {
            try db.execute(
                sql: "INSERT INTO linkKey (linkId, name, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [link, key.name.bindable, key.value.bindable])
        }
    }

    static func link(_ row: Row, _ db: Database) throws -> Link {
        let id: Int64 = try row.decode(atIndex: 0)
        guard let state = LinkState(rawValue: try row.decode(atIndex: 4)) else {
            throw ArchiveError.damaged("link \(id) does not read back")
        }
        let keys = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT name, value FROM linkKey WHERE linkId = ? ORDER BY name, value"),
            arguments: [id]
        ).map { ReportField(try $0.decode(atIndex: 0), try $0.decode(atIndex: 1)) }
        let expectations = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT kind, fieldName, fieldValue FROM linkExpectation WHERE linkId = ?
                    ORDER BY kind, fieldName, fieldValue
                    """), arguments: [id]
        ).map { row in
            let name: String = try row.decode(atIndex: 1)
            return LinkExpectation(
                try row.decode(atIndex: 0),
                field: name.isEmpty ? nil : ReportField(name, try row.decode(atIndex: 2)))
        }
        return Link(
            id: LinkID(rawValue: id), createdAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 1)),
            state: state,
            order: LinkOrder(
                provider: try row.decode(atIndex: 2), api: try row.decode(atIndex: 3), keys: keys,
                expectations: expectations, externalInfo: try row.decode(String?.self, atIndex: 6),
                expiresAt: try row.decode(Int64?.self, atIndex: 5).map(Timestamp.init(millisecondsSinceEpoch:))),
            note: try row.decode(String?.self, atIndex: 7))
    }
}
