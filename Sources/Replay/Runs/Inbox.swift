internal import Synchronization

/// A queue whose reader gets all waiting events at once. A task switch per event would cost more than handling the
/// event.
final class Inbox<Event: Sendable>: Sendable {
    private let state = Mutex<(events: [Event], reader: CheckedContinuation<Void, Never>?)>(([], nil))

    func put(_ event: Event) {
        let reader = state.withLock { state in
            defer { state.reader = nil }
            state.events.append(event)
            return state.reader
        }
        reader?.resume()
    }

    /// Waits for events and returns all of them. Only one task may call this.
    func take() async -> [Event] {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.events.isEmpty { state.reader = continuation }
                return !state.events.isEmpty
            }
            if isReady { continuation.resume() }
        }
        return state.withLock { state in
            defer { state.events = [] }
            return state.events
        }
    }
}
