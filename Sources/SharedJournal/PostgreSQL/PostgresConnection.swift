internal import CLibPQ
internal import Foundation

/// A connection to PostgreSQL. Calls block; one thread uses it at a time.
///
/// `@unchecked Sendable`: a connection belongs to the thread that opened it.
final class PostgresConnection: @unchecked Sendable {
    /// Warnings that arrived since the last statement was started. Filled by libpq's notice receiver, on the same
    /// thread.
    private final class Warnings {
        var states: [String] = []
    }

    private let handle: OpaquePointer
    private let warnings = Warnings()
    /// The names of prepared statements, by their SQL. The number of names is limited, because this module has only
    /// constant SQL.
    private var statements: [String: String] = [:]

    /// The SQLSTATEs of the warnings of the last statement.
    var lastWarnings: [String] { warnings.states }

    /// Connects and sets `synchronous_commit = on` and READ COMMITTED. Blocks for at most 3 s per host.
    init(_ address: PostgresAddress, application: String) throws(PostgresFailure) {
        let parameters = try address.parameters(application: application)
        var names: [UnsafePointer<CChar>?] = parameters.map { UnsafePointer(strdup($0.name)) } + [nil]
        var values: [UnsafePointer<CChar>?] = parameters.map { UnsafePointer(strdup($0.value)) } + [nil]
        defer { for pointer in names + values { free(UnsafeMutablePointer(mutating: pointer)) } }
        guard let handle = PQconnectdbParams(&names, &values, 1) else {
            throw .cannotConnect(reason: "out of memory")
        }
        guard PQstatus(handle) == CONNECTION_OK, PQsetnonblocking(handle, 1) == 0 else {
            let reason = Self.reason(handle)
            PQfinish(handle)
            throw .cannotConnect(reason: reason)
        }
        self.handle = handle
        PQsetNoticeReceiver(
            handle,
            { context, result in
                guard let context, let result else { return }
                let severity = PostgresConnection.field("V", of: result)
                guard severity == "WARNING" else { return }
                let warnings = Unmanaged<Warnings>.fromOpaque(context).takeUnretainedValue()
                // A single statement causes fewer than 16 warnings.
                if warnings.states.count < 16 { warnings.states.append(PostgresConnection.field("C", of: result)) }
            }, Unmanaged.passUnretained(warnings).toOpaque())
        do {
            for setting in Self.settings { _ = try execute(setting, limit: .seconds(5)) }
        } catch {
            throw .cannotConnect(reason: error.description)
        }
    }

    private static let settings = [
        "SET synchronous_commit = on", "SET default_transaction_isolation = 'read committed'",
        "SET statement_timeout = '4s'", "SET lock_timeout = '4s'",
        "SET idle_in_transaction_session_timeout = '2s'",
        // JIT compilation of a statement takes a hundred times as long as running it. Not every database that uses
        // PostgreSQL's protocol has the setting `jit`.
        "SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'jit'",
    ]

    deinit {
        PQfinish(handle)
    }

    /// Runs one statement. Prepares the statement at the first use.
    ///
    /// - Parameter limit: the time limit. After this time, the outcome is unknown, and the connection must not be used
    ///   again.
    func execute(
        _ sql: String, _ values: [PostgresValue] = [], limit: Duration
    ) throws(PostgresFailure) -> PostgresRows {
        warnings.states = []
        let deadline = ContinuousClock.now + limit
        let name = try prepared(sql, values, deadline)
        let encoded = values.map(\.encoded)
        guard encoded.allSatisfy({ $0.count < Int32.max / 2 }) else {
            throw .rejected(sqlState: "54000", message: "a value is too large")
        }
        let isSent = Self.withPointers(encoded) { pointers in
            PQsendQueryPrepared(
                handle, name, Int32(clamping: encoded.count), pointers, encoded.map { Int32(clamping: $0.count) },
                [Int32](repeating: 1, count: encoded.count), 1)
        }
        guard isSent == 1 else { throw .outcomeUnknown(reason: Self.reason(handle)) }
        return try finish(deadline)
    }

    /// Runs SQL without parameters that may contain several statements, in one transaction.
    func executeScript(_ sql: String, limit: Duration) throws(PostgresFailure) {
        warnings.states = []
        guard PQsendQuery(handle, sql) == 1 else { throw .outcomeUnknown(reason: Self.reason(handle)) }
        _ = try finish(.now + limit)
    }

    private func prepared(
        _ sql: String, _ values: [PostgresValue], _ deadline: ContinuousClock.Instant
    ) throws(PostgresFailure) -> String {
        if let name = statements[sql] { return name }
        let name = "callbox\(statements.count)"
        let types = values.map(\.typeOID)
        guard PQsendPrepare(handle, name, sql, Int32(clamping: types.count), types) == 1 else {
            throw .outcomeUnknown(reason: Self.reason(handle))
        }
        _ = try finish(deadline)
        statements[sql] = name
        return name
    }

    /// Sends the buffered data and reads all results. Returns the last result, because a failed commit is reported
    /// after the rows.
    private func finish(_ deadline: ContinuousClock.Instant) throws(PostgresFailure) -> PostgresRows {
        while true {
            let left = PQflush(handle)
            if left == 0 { break }
            guard left > 0 else { throw .outcomeUnknown(reason: Self.reason(handle)) }
            try wait(POLLIN | POLLOUT, deadline)
        }
        var last: PostgresRows?
        var failure: PostgresFailure?
        while true {
            while PQisBusy(handle) != 0 { try wait(POLLIN, deadline) }
            guard let result = PQgetResult(handle) else { break }
            let status = PQresultStatus(result)
            let rows = PostgresRows(owning: result)
            if status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK {
                last = rows
                continue
            }
            let isFatal = ["FATAL", "PANIC"].contains(Self.field("V", of: result))
            let state = Self.field("C", of: result)
            let next: PostgresFailure =
                isFatal || state.isEmpty
                ? .outcomeUnknown(reason: Self.reason(handle))
                : .rejected(sqlState: state, message: Self.field("M", of: result))
            if failure == nil { failure = next }
        }
        guard PQstatus(handle) == CONNECTION_OK else { throw .outcomeUnknown(reason: Self.reason(handle)) }
        if let failure { throw failure }
        guard let last else { throw .outcomeUnknown(reason: "the server returned no result") }
        return last
    }

    private func wait(_ events: Int32, _ deadline: ContinuousClock.Instant) throws(PostgresFailure) {
        let left = max(0, ContinuousClock.now.duration(to: deadline) / .milliseconds(1))
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(truncatingIfNeeded: events), revents: 0)
        // Rounds the wait up, because a wait of 0 ms would make the loop spin until the deadline.
        let count = poll(&descriptor, 1, Int32(clamping: Int(min(left, 3_600_000).rounded(.up))))
        if count < 0, errno != EINTR { throw .outcomeUnknown(reason: "the connection cannot be read") }
        guard count != 0 else { throw .outcomeUnknown(reason: "the server did not respond in time") }
        if count > 0, PQconsumeInput(handle) != 1 { throw .outcomeUnknown(reason: Self.reason(handle)) }
    }

    private static func withPointers<Value>(
        _ values: [[UInt8]], _ body: ([UnsafePointer<CChar>?]) -> Value
    ) -> Value {
        func next(_ index: Int, _ pointers: [UnsafePointer<CChar>?]) -> Value {
            guard index < values.count else { return body(pointers) }
            return values[index].withUnsafeBytes { bytes in
                // An empty array may have no base address, and libpq reads a null pointer as NULL.
                guard let start = bytes.baseAddress else {
                    return "".withCString { next(index + 1, pointers + [$0]) }
                }
                return next(index + 1, pointers + [start.assumingMemoryBound(to: CChar.self)])
            }
        }
        return next(0, [])
    }

    /// A field of an error or notice: `C` is the SQLSTATE, `V` the severity, `M` the primary message, which contains no
    /// row data.
    private static func field(_ code: Unicode.Scalar, of result: OpaquePointer) -> String {
        PQresultErrorField(result, Int32(clamping: code.value)).map { String(cString: $0) } ?? ""
    }

    /// libpq's message in one line.
    private static func reason(_ handle: OpaquePointer) -> String {
        let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.isEmpty ? "the connection was lost" : line
    }
}
