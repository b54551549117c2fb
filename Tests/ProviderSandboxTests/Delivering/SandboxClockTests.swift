import Foundation
import TestKit
import Testing

@testable import ProviderSandbox

@Suite("The sandbox's clock", .offPool)
struct SandboxClockTests {
    @Test("it goes with the real one, and never back")
    func advance() {
        let clock = SandboxClock()
        #expect(abs(clock.now.timeIntervalSinceNow) < 60)
        clock.advance(by: 3600)
        clock.advance(by: -7200)
        clock.advance(by: 0)
        #expect((3540...3660).contains(clock.now.timeIntervalSinceNow))
    }

    @Test("no wait is no wait", arguments: [0, -1, -1e9])
    func none(seconds: Double) async {
        let clock = SandboxClock()
        await clock.sleep(for: seconds)
        #expect(clock.now.timeIntervalSinceNow < 60)
    }

    @Test("waits end early when the clock is put forward past them, all at once")
    func endsEarly() async {
        let clock = SandboxClock()
        await withTaskGroup(of: Void.self) { group in
            for hours in 1...20 { group.addTask { await clock.sleep(for: Double(hours) * 3600) } }
            group.addTask {
                // Until nobody waits, for a wait may begin after the clock was put forward.
                while !Task.isCancelled {
                    clock.advance(by: 3600)
                    await Task.yield()
                }
            }
            for _ in 1...20 { await group.next() }
            group.cancelAll()
        }
        #expect(clock.now.timeIntervalSinceNow > 3600)
    }

    @Test("a step that is put forward while a wait begins is not lost")
    func noLostStep() async {
        for _ in 0..<300 {
            let clock = SandboxClock()
            let due = clock.now + 3600
            async let wait: Void = clock.sleep(until: due)
            clock.advance(by: 3600)
            await wait
            #expect(clock.now >= due)
        }
    }

    @Test("a cancelled wait ends, before it begins and while it lasts")
    func cancel() async {
        let clock = SandboxClock()
        let task = Task { await clock.sleep(for: 3600) }
        task.cancel()
        await task.value
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { await clock.sleep(for: 3600) } }
            await Task.yield()
            group.cancelAll()
        }
        #expect(clock.now.timeIntervalSinceNow < 60)
    }
}
