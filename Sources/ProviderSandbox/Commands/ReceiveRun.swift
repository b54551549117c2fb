/// Listens, shows what comes in and answers it, until enough has come, the time is up or somebody interrupts.
package struct ReceiveRun: Sendable {
    package var port = 0
    /// Without end where this is nil.
    package var count: Int?
    package var status = 200
    package var bodyFile: BodyFile?
    package var timeLimit: Duration?

    private enum Ending: Sendable {
        case enough, interrupted, timeUp
    }

    /// - Parameter interruptions: An element ends the run.
    package func run(on console: Console, interruptions: AsyncStream<Void>) async throws(SandboxFailure)
        -> SandboxStatus
    {
        let receiver = try await LoopbackReceiver.listen(port: port)
        let progress = Progress()
        let result: Result<Ending, SandboxFailure>
        do {
            try console.print("listening on http://127.0.0.1:\(receiver.port)")
            result = await firstEnding(receiver, console, interruptions, progress)
        } catch {
            result = .failure(error)
        }
        await receiver.stop()
        return exitStatus(after: try result.get(), receivedCount: await progress.receivedCount, console)
    }

    private func firstEnding(
        _ receiver: LoopbackReceiver, _ console: Console, _ interruptions: AsyncStream<Void>, _ progress: Progress
    ) async -> Result<Ending, SandboxFailure> {
        await withTaskGroup(of: Result<Ending, SandboxFailure>.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                do throws(SandboxFailure) {
                    try await take(receiver.arrivals, console, progress)
                    return .success(.enough)
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                for await _ in interruptions { break }
                return .success(.interrupted)
            }
            if let timeLimit {
                group.addTask {
                    try? await Task.sleep(for: timeLimit)
                    return .success(.timeUp)
                }
            }
            return await group.next() ?? .success(.interrupted)
        }
    }

    /// One after the other: a request is answered when it is shown and, with a body file, written.
    private func take(
        _ arrivals: AsyncStream<Arrival>, _ console: Console, _ progress: Progress
    ) async throws(SandboxFailure) {
        for await arrival in arrivals {
            let number = await progress.next()
            try console.print(RequestTranscript.text(arrival.request, number: number))
            try bodyFile?.write(arrival.request.body)
            await arrival.answer.send(status: status, json: #"{"received":\#(number)}"#)
            if number == count { return }
        }
    }

    private func exitStatus(after ending: Ending, receivedCount: Int, _ console: Console) -> SandboxStatus {
        guard let count, receivedCount < count else { return .success }
        let reason =
            switch ending {
            case .timeUp: "within \(timeLimit ?? .zero)"
            case .enough, .interrupted: "before the receiver was stopped"
            }
        console.warn("only \(receivedCount) of \(count) requests came \(reason)")
        return .unexpected
    }
}

/// How many requests came.
private actor Progress {
    private(set) var receivedCount = 0

    func next() -> Int {
        receivedCount += 1
        return receivedCount
    }
}
