internal import NIOCore

/// Limits the pipelined requests that one event loop starts before it polls its sockets again.
///
/// ```
///  first request of a read ───────────▶ begins at once
///  requests behind it in that read ───▶ take one of `requestsPerRound`, or wait ─ `pause` later ─▶ the next round
/// ```
/// NIO runs tasks until none is ready, including tasks that other tasks submit (`SelectableEventLoop.runOneLoopTick`).
/// Without this limit, clients that pipeline continuously would keep the loop busy with tasks, and for seconds it would
/// neither accept connections nor read from other connections. A timer that is not due yet makes the loop poll. Waiting
/// connections get their turns in the order in which they asked.
final class PipelinedTurns: Sendable {
    static let requestsPerRound = 64
    /// The time between two rounds. With `requestsPerRound`, limits each loop to 16,000 pipelined requests per second,
    /// which take about a quarter of the loop's time.
    static let pause = TimeAmount.milliseconds(4)

    private struct Round {
        var left = PipelinedTurns.requestsPerRound
        var waiting: [RequestBytesHandler] = []
        var isNextScheduled = false
    }

    private let eventLoop: any EventLoop
    private let round: NIOLoopBoundBox<Round?>

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.round = .makeEmptyBox(valueType: Round.self, eventLoop: eventLoop)
    }

    /// Takes a turn of this round; false if the round has no turns left.
    func take() -> Bool {
        var current = round.value ?? Round()
        guard current.left > 0 else { return false }
        current.left -= 1
        round.value = current
        return true
    }

    /// Queues the connection for a turn in the next round.
    func wait(_ connection: RequestBytesHandler) {
        var current = round.value ?? Round()
        scheduleNext(&current)
        current.waiting.append(connection)
        round.value = current
    }

    private func scheduleNext(_ current: inout Round) {
        guard !current.isNextScheduled else { return }
        current.isNextScheduled = true
        scheduleRound(attemptsLeft: 8)
    }

    /// Starts the next round after `pause`. If the timer fires late, the loop may not have polled, so the timer is set
    /// again. The number of attempts is limited, because a slow poll also makes a timer late.
    private func scheduleRound(attemptsLeft: Int) {
        let due = eventLoop.now + Self.pause
        eventLoop.assumeIsolated().scheduleTask(deadline: due) { [self] in
            if attemptsLeft > 0, eventLoop.now - due > Self.pause {
                return scheduleRound(attemptsLeft: attemptsLeft - 1)
            }
            let waiting = round.value?.waiting ?? []
            round.value = nil
            for connection in waiting { connection.takeTurn() }
        }
    }
}

/// The objects that the connections of one event loop share.
struct LoopShare: Sendable {
    let mailbox: ResponseMailbox
    let turns: PipelinedTurns

    init(_ eventLoop: any EventLoop) {
        self.init(ResponseMailbox(eventLoop), PipelinedTurns(eventLoop))
    }

    init(_ mailbox: ResponseMailbox, _ turns: PipelinedTurns) {
        self.mailbox = mailbox
        self.turns = turns
    }
}
