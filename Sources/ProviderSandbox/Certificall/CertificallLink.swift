internal import Foundation

/// A Certilink: a page that a user may visit without an account, until it is used up, expired or switched off.
struct CertificallLink: Sendable {
    /// Why a visit leads nowhere.
    enum Obstacle: Sendable, Equatable {
        case disabled
        case expired
        case usedUp
    }

    /// The `mt` of its address.
    let token: String
    let reportToken: String
    let frame: CertificallFrame
    let createdAt: Date
    /// Nil for a link that stays; no life is documented for those.
    var expiresAt: Date?
    /// Nil for any number.
    let maxUses: Int?
    var context: CertificallContext?
    var isEnabled = true
    var useCount = 0

    func obstacle(now: Date) -> Obstacle? {
        if !isEnabled { return .disabled }
        if let expiresAt, now >= expiresAt { return .expired }
        if let maxUses, useCount >= maxUses { return .usedUp }
        return nil
    }

    func url(_ world: World) -> String {
        "\(world.baseURL)/certificall/app?mt=\(token)"
    }

    /// As `findCompanyMagicLinks` lists it.
    func json(_ world: World) -> JSON {
        [
            "reportToken": .string(reportToken), "url": .string(url(world)), "magicLinkToken": .string(token),
            "createdAt": .string(CertificallTime.zulu(createdAt)),
            "expirationDate": .optional(expiresAt.map(CertificallTime.zulu)), "enabled": .bool(isEnabled),
            "frame": ["id": .integer(frame.id), "name": .string(frame.name)],
        ]
    }
}
