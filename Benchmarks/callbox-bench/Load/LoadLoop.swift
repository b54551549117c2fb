import Foundation

/// The thread of the load generator. It calls pselect(2) for all connections, allocates no memory per delivery, and
/// shares no state.
struct LoadLoop {
    private let load: LoadGenerator
    private var connections: [LoadConnection]
    /// The descriptors of all open connections.
    private var open = DescriptorSet()
    private var reading = DescriptorSet()
    private var writing = DescriptorSet()
    /// The connections whose socket has not yet accepted the whole delivery.
    private var unsent: Set<Int> = []
    /// The connections without a current delivery. The connection that has been idle for the longest time is first.
    private var idle: [Int]
    private var request: [UInt8] = []
    private var nextNumber: UInt64
    private var sentCount = 0
    private var latencies: [Int64] = []
    private var lateness: [Int64] = []
    private var otherLatencies: [Int64] = []
    private var brokenCount = 0
    private var lastResponseAt: Int64 = 0

    /// The maximum wait for responses after the last delivery.
    private static let drainNanoseconds: Int64 = 15_000_000_000
    /// The maximum duration of a load with a fixed number of deliveries, in seconds.
    private static let secondsLimit = 600.0

    init(_ load: LoadGenerator, firstNumber: UInt64) throws {
        signal(SIGPIPE, SIG_IGN)
        self.load = load
        nextNumber = firstNumber
        connections = try (0..<load.connectionCount).map { _ in try LoadConnection(port: load.port) }
        idle = Array(connections.indices)
        latencies.reserveCapacity(1 << 20)
        noteDescriptors()
    }

    mutating func run() -> LoadOutcome {
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { scratch.deallocate() }
        let start = Clock.now
        let cpuStart = Clock.threadSeconds
        var drainEnd: Int64?
        while true {
            let now = Clock.now
            let isFinished = hasSentAll(now, start: start)
            if isFinished {
                drainEnd = drainEnd ?? now + Self.drainNanoseconds
                if !connections.contains(where: \.isBusy) || now > drainEnd ?? now { break }
            } else {
                if connections.allSatisfy({ $0.descriptor < 0 }) { break }
                sendWhatIsDue(start: start)
            }
            if wait(isFinished ? 50_000_000 : nanosecondsToNext(start: start)) { receive(scratch) }
        }
        // Deliveries that were not sent also count as missing responses.
        let missing = connections.count(where: \.isBusy) + max(0, scheduledCount - sentCount)
        for index in connections.indices { connections[index].close() }
        return LoadOutcome(
            acknowledgedCount: latencies.count, otherCount: otherLatencies.count, brokenCount: brokenCount + missing,
            seconds: Double(max(lastResponseAt, start + 1) - start) / 1e9,
            latencies: latencies.sorted().map { Double($0) / 1e6 },
            otherLatencies: otherLatencies.sorted().map { Double($0) / 1e6 },
            lateness: lateness.sorted().map { Double($0) / 1e6 }, cpuSeconds: Clock.threadSeconds - cpuStart)
    }

    /// Returns true if the load sends no further deliveries. A closed loop ends at its end time. An open loop continues
    /// after its end time until it has sent all scheduled deliveries or has exceeded a time limit.
    private func hasSentAll(_ now: Int64, start: Int64) -> Bool {
        let seconds = Double(now - start) / 1e9
        switch (load.extent, load.pace) {
        case (.deliveries(let count), _): return sentCount >= count || seconds > Self.secondsLimit
        case (.seconds(let end), .whenResponded): return seconds >= end
        case (.seconds(let end), .perSecond):
            return sentCount >= scheduledCount || seconds > 2 * end + 30
        }
    }

    /// The number of deliveries that an open loop must send.
    private var scheduledCount: Int {
        guard case .seconds(let seconds) = load.extent, case .perSecond(let rate) = load.pace else { return 0 }
        return Int(seconds * rate)
    }

    private func dueAt(_ index: Int, _ rate: Double, _ start: Int64) -> Int64 {
        start + Int64(Double(index) / rate * 1e9)
    }

    private mutating func sendWhatIsDue(start: Int64) {
        var used = 0
        defer { idle.removeFirst(used) }
        while used < idle.count {
            if case .deliveries(let count) = load.extent, sentCount >= count { return }
            var startedAt = Clock.now
            if case .perSecond(let rate) = load.pace {
                let due = dueAt(sentCount, rate, start)
                guard due <= startedAt else { return }
                // If other connections are idle, the generator causes the delay, not the server.
                if idle.count - used > 1 { lateness.append(startedAt - due) }
                startedAt = due
            }
            let index = idle[used]
            used += 1
            load.factory.write(nextNumber, into: &request)
            nextNumber += 1
            sentCount += 1
            if case .whenResponded = load.pace { startedAt = Clock.now }
            connections[index].send(request, startedAt: startedAt)
            if connections[index].hasUnsent { unsent.insert(index) }
        }
    }

    private func nanosecondsToNext(start: Int64) -> Int64 {
        guard case .perSecond(let rate) = load.pace, !idle.isEmpty else { return 20_000_000 }
        return max(0, min(20_000_000, dueAt(sentCount, rate, start) - Clock.now))
    }

    private mutating func wait(_ nanoseconds: Int64) -> Bool {
        reading = open
        writing = DescriptorSet()
        for index in unsent { writing.insert(connections[index].descriptor) }
        return DescriptorSet.wait(reading: &reading, writing: &writing, nanoseconds: nanoseconds)
    }

    private mutating func noteDescriptors() {
        open = DescriptorSet()
        for connection in connections where connection.descriptor >= 0 { open.insert(connection.descriptor) }
    }

    private mutating func reconnect(_ index: Int) -> Bool {
        let isBack = connections[index].reconnect()
        if !isBack { brokenCount += 1 }
        unsent.remove(index)
        noteDescriptors()
        return isBack
    }

    private mutating func sendRest() {
        for index in unsent where writing.contains(connections[index].descriptor) {
            connections[index].sendRest()
            if !connections[index].hasUnsent { unsent.remove(index) }
        }
    }

    private mutating func receive(_ scratch: UnsafeMutableRawBufferPointer) {
        if !unsent.isEmpty { sendRest() }
        for index in connections.indices {
            let descriptor = connections[index].descriptor
            guard descriptor >= 0, reading.contains(descriptor) else { continue }
            let wasBusy = connections[index].isBusy
            switch connections[index].read(scratch) {
            case .nothing: break
            case .responded(let status, let closes):
                let now = Clock.now
                lastResponseAt = now
                if status == 200 {
                    latencies.append(now - connections[index].startedAt)
                } else {
                    otherLatencies.append(now - connections[index].startedAt)
                }
                if !unsent.isEmpty { unsent.remove(index) }
                if !closes || reconnect(index) { idle.append(index) }
            case .ended:
                if wasBusy { brokenCount += 1 }
                let isBack = reconnect(index)
                // If the connection was idle, the list already contains it.
                if isBack, wasBusy { idle.append(index) }
                if !isBack { idle.removeAll { $0 == index } }
            }
        }
    }
}
