internal import NIOCore
internal import Synchronization

/// The open connections. Counts them in total and by address, closes idle connections to make room, and ends all
/// connections when the server stops.
///
/// | newcomer | accepted while | otherwise |
/// |---|---|---|
/// | from a proved address | connections < limit | closes the longest idle connections, unproved ones first |
/// | any other | connections < limit, unproved ones < limit - reserve | closes the longest idle unproved connections |
///
/// If no connection can be closed, the newcomer gets 503. A connection that waits for a response is never closed. Busy
/// clients are idle between two requests. Therefore a connection is closed only if it has been idle for
/// `idleTimeBeforeEviction`, if its address has a large share of the connections and the newcomer's has not, or if it
/// is unproved and the newcomer is proved.
final class ConnectionRegistry: Sendable {
    enum Admission: Equatable {
        case accepted
        /// The new connection gets 503 and is closed.
        case overCount, overAddress
    }

    private struct Place {
        let entry: ConnectionEntry
        var address: UInt64?
        var isCounted: Bool
    }

    private struct Placed {
        let entry: ConnectionEntry
        let admission: Admission
        let evicted: [ConnectionEntry]
    }

    private struct State {
        var places: [ObjectIdentifier: Place] = [:]
        /// The number of accepted connections, excluding those that get a 503.
        var count = 0
        var unprovedCount = 0
        var countsByAddress: [UInt64: Int] = [:]
        var proved: ProvedAddresses
        /// Until these times, proved and other newcomers get 503 without a search for idle connections, because the
        /// last search found none.
        var nextProvedSearch = NIODeadline.distantPast
        var nextSearch = NIODeadline.distantPast
    }

    /// The time until the next search after a search that found nothing; shorter if the newcomer is proved. A search
    /// at each rejection would take most of the rejection's time.
    private static let searchPause = TimeAmount.milliseconds(50)
    private static let provedSearchPause = TimeAmount.milliseconds(5)

    let limit: Int
    private let idleTime: TimeAmount
    private let overLimitCount: Int
    private let limitPerAddress: Int
    private let reserve: Int
    private let counters: ListenerCounters
    private let state: Mutex<State>
    private let isStoppingFlag = Atomic(false)

    init(limits: ListenerLimits, counters: ListenerCounters) {
        self.limit = limits.connectionCount
        self.idleTime = TimeAmount(limits.idleTimeBeforeEviction)
        self.overLimitCount = limits.overLimitCount
        self.limitPerAddress = limits.connectionsPerAddress
        self.reserve = min(limits.reservedConnectionCount, limits.connectionCount / 8)
        self.counters = counters
        self.state = Mutex(State(proved: ProvedAddresses(limit: limits.provedAddressCount)))
    }

    /// Registers a connection. Returns nil if the connection must be closed without a response.
    ///
    /// - Parameters:
    ///   - address: the address that `limitPerAddress` applies to; nil if many clients share it, as behind a proxy.
    ///   - isTrusted: whether a trusted proxy opened the connection, which then counts as proved.
    func add(
        _ channel: any Channel, address: UInt64?, isTrusted: Bool = false, now: NIODeadline
    ) -> (entry: ConnectionEntry, admission: Admission)? {
        let placed = state.withLock { state -> Placed? in
            place(channel, address, isTrusted: isTrusted, now: now, in: &state)
        }
        guard let placed else {
            counters.add(.connectionLimit)
            return nil
        }
        if placed.admission == .overAddress { counters.add(.addressLimit) }
        if placed.admission == .overCount { counters.add(.connectionLimit) }
        close(placed.evicted)
        let key = ObjectIdentifier(channel)
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { state in _ = remove(key, from: &state) }
        }
        return (placed.entry, placed.admission)
    }

    private func place(
        _ channel: any Channel, _ address: UInt64?, isTrusted: Bool, now: NIODeadline, in state: inout State
    ) -> Placed? {
        let isProved = isTrusted || address.map { state.proved.contains($0, now: now) } ?? false
        let entry = ConnectionEntry(channel, isProved: isProved, now: now)
        var evicted: [ConnectionEntry] = []
        var admission = Admission.accepted
        if let address, state.countsByAddress[address, default: 0] >= limitPerAddress {
            admission = .overAddress
        } else if !hasRoom(state, isProved: isProved) {
            evicted = search(for: isProved, address, now: now, in: &state)
            if evicted.isEmpty { admission = .overCount }
        }
        let isCounted = admission == .accepted
        if !isCounted { entry.phase = .closing }
        guard isCounted || state.places.count - state.count < overLimitCount else { return nil }
        state.places[ObjectIdentifier(channel)] = Place(entry: entry, address: address, isCounted: isCounted)
        if isCounted { count(&state, entry, address, by: 1) }
        return Placed(entry: entry, admission: admission, evicted: evicted)
    }

    /// Sets the client's address from a PROXY header. Returns false if the address has too many connections.
    func identify(_ entry: ConnectionEntry, address: UInt64, now: NIODeadline) -> Bool {
        let isAdmitted = state.withLock { state in
            let key = ObjectIdentifier(entry.channel)
            guard let place = state.places[key], place.isCounted else { return false }
            guard state.countsByAddress[address, default: 0] < limitPerAddress else { return false }
            count(&state, entry, place.address, by: -1)
            entry.isProved = state.proved.contains(address, now: now)
            state.places[key]?.address = address
            count(&state, entry, address, by: 1)
            return true
        }
        if !isAdmitted { counters.add(.addressLimit) }
        return isAdmitted
    }

    /// Called when the connection's client sent a verified delivery.
    func prove(_ entry: ConnectionEntry, now: NIODeadline) {
        state.withLock { state in
            guard let place = state.places[ObjectIdentifier(entry.channel)] else { return }
            if let address = place.address { state.proved.insert(address, now: now) }
            guard !entry.isProved else { return }
            entry.isProved = true
            if place.isCounted { state.unprovedCount -= 1 }
        }
    }

    /// The numbers of open connections by phase, including connections that get a 503.
    var countsByPhase: [ConnectionPhase: Int] {
        state.withLock { state in
            state.places.values.reduce(into: [:]) { $0[$1.entry.phase, default: 0] += 1 }
        }
    }

    /// Closes idle connections because the process is running out of descriptors.
    func makeRoom() {
        close(state.withLock { evict(from: &$0) { _, _, _ in true } })
    }

    private func hasRoom(_ state: State, isProved: Bool) -> Bool {
        state.count < limit && (isProved || state.unprovedCount < limit - reserve)
    }

    /// Removes connections to make room for a newcomer.
    ///
    /// - Parameters:
    ///   - isProved: whether the newcomer is proved.
    ///   - address: the address of the newcomer.
    private func search(
        for isProved: Bool, _ address: UInt64?, now: NIODeadline, in state: inout State
    ) -> [ConnectionEntry] {
        guard now >= (isProved ? state.nextProvedSearch : state.nextSearch) else { return [] }
        let idleBefore = Int64(clamping: now.uptimeNanoseconds) - idleTime.nanoseconds
        let hasLargeShare = hasLargeShare(address, state)
        let evicted = evict(from: &state) { entry, isOfLargeShare, since in
            if entry.isProved { return isProved && since <= idleBefore }
            return isProved || since <= idleBefore || isOfLargeShare && !hasLargeShare
        }
        if evicted.isEmpty {
            if isProved {
                state.nextProvedSearch = now + Self.provedSearchPause
            } else {
                state.nextSearch = now + Self.searchPause
            }
        }
        return evicted
    }

    /// True if the address has more than 1/16 of the connections.
    private func hasLargeShare(_ address: UInt64?, _ state: State) -> Bool {
        address.map { state.countsByAddress[$0, default: 0] > limit / 16 } ?? false
    }

    /// Removes 1/64 of the connections. Removing several at a time keeps the search cheap during a flood of new
    /// connections. The order is: unproved connections of addresses with a large share, other unproved connections,
    /// proved connections; within each group connections whose body arrives last, and the longest idle first.
    ///
    /// - Parameter isCandidate: called with a connection, whether its address has a large share, and the time since
    ///   which it has been idle.
    private func evict(
        from state: inout State, where isCandidate: (ConnectionEntry, Bool, Int64) -> Bool
    ) -> [ConnectionEntry] {
        var candidates: [(rank: Int, since: Int64, key: ObjectIdentifier)] = []
        for (key, place) in state.places where place.isCounted {
            let isOfLargeShare = hasLargeShare(place.address, state)
            guard let since = place.entry.idleSince, isCandidate(place.entry, isOfLargeShare, since) else { continue }
            let group = place.entry.isProved ? 2 : isOfLargeShare ? 0 : 1
            candidates.append((2 * group + (place.entry.phase == .body ? 1 : 0), since, key))
        }
        candidates.sort { ($0.rank, $0.since) < ($1.rank, $1.since) }
        return candidates.prefix(max(1, limit / 64)).compactMap { remove($0.key, from: &state) }
    }

    @discardableResult
    private func remove(_ key: ObjectIdentifier, from state: inout State) -> ConnectionEntry? {
        guard let place = state.places.removeValue(forKey: key) else { return nil }
        if place.isCounted { count(&state, place.entry, place.address, by: -1) }
        return place.entry
    }

    private func count(_ state: inout State, _ entry: ConnectionEntry, _ address: UInt64?, by change: Int) {
        state.count += change
        if !entry.isProved { state.unprovedCount += change }
        guard let address else { return }
        let count = state.countsByAddress[address, default: 0] + change
        state.countsByAddress[address] = count == 0 ? nil : count
    }

    private func close(_ evicted: [ConnectionEntry]) {
        for entry in evicted {
            counters.add(.evicted)
            entry.channel.close(promise: nil)
        }
    }

    /// True once the server stops. Each response is then the last one of its connection.
    var isStopping: Bool { isStoppingFlag.load(ordering: .relaxed) }

    func stop() {
        isStoppingFlag.store(true, ordering: .relaxed)
    }

    /// Sends an event to the handlers of every channel.
    func send(_ event: StopEvent) {
        for channel in channels {
            channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(event) }
        }
    }

    /// Waits until every connection is closed, and closes the connections that are still open after `grace`.
    func close(grace: Duration, on eventLoop: any EventLoop) async {
        let open = channels
        let cut = eventLoop.scheduleTask(in: TimeAmount(grace)) {
            for channel in open { channel.close(promise: nil) }
        }
        try? await EventLoopFuture.andAllComplete(open.map(\.closeFuture), on: eventLoop).get()
        cut.cancel()
    }

    private var channels: [any Channel] {
        state.withLock { $0.places.values.map(\.entry.channel) }
    }
}

/// Sent to every channel when the server stops.
enum StopEvent: Sendable {
    /// Complete the request that has started, or end the connection if there is none.
    case finish
    /// Do not wait for further input.
    case drain
}
