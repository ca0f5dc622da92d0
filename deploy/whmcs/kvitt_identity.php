<?php
/**
 * Tells Kvitt who is logged in to the client area, so that the customer need not log in again.
 *
 * Put this file in WHMCS's includes/hooks/. It adds the chat widget to the client area's pages and,
 * for a logged-in user, an identity: a token (JWT, HS256) that is good for five minutes, once.
 * Only documented parts of WHMCS 8.0 and later are used: add_hook, ClientAreaFooterOutput,
 * WHMCS\Authentication\CurrentUser.
 *
 * Set these three for the web server (not in the web root, not in this file):
 *   KVITT_WIDGET_URL     the address of the widget's script, https://chatt.example.se/widget.js
 *   KVITT_IDENTITY_KEY   name=secret: one of those in the gateway's KVITT_IDENTITY_KEYS. The secret
 *                        is 32 random bytes or more:  openssl rand -base64 32
 *   KVITT_IDENTITY_ISSUER  as the gateway's KVITT_IDENTITY_ISSUER (default: kundzon)
 *
 * A page with a token in it must not be kept by a shared cache (a proxy or CDN in front of WHMCS).
 * Rotate: add the new name=secret to the gateway, change it here, remove the
 * old one from the gateway.
 */

use WHMCS\Authentication\CurrentUser;

if (!defined('WHMCS')) {
    die('This file cannot be accessed directly');
}

function kvitt_base64url(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

/** A signed token, and nothing else: pure, so that it can be tried outside WHMCS. */
function kvitt_sign(array $claims, string $keyName, string $secret): string
{
    $header = ['alg' => 'HS256', 'typ' => 'JWT', 'kid' => $keyName];
    $parts = [];
    foreach ([$header, $claims] as $part) {
        $json = json_encode($part, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
        $parts[] = kvitt_base64url($json);
    }
    $unsigned = implode('.', $parts);
    return $unsigned . '.' . kvitt_base64url(hash_hmac('sha256', $unsigned, $secret, true));
}

/** What is said of the user: who, and which account is open in the client area. */
function kvitt_claims(int $userId, string $email, ?int $clientId, string $issuer, int $now): array
{
    $claims = [
        'iss' => $issuer,
        'aud' => 'kvitt',
        'sub' => (string) $userId,
        'email' => $email,
        'iat' => $now,
        'exp' => $now + 300,
        'jti' => bin2hex(random_bytes(16)),
    ];
    return $clientId === null ? $claims : $claims + ['client_id' => $clientId];
}

/** The token for whoever is logged in; null for nobody, and for staff who act as a customer. */
function kvitt_token(): ?string
{
    [$name, $secret] = explode('=', (string) getenv('KVITT_IDENTITY_KEY'), 2) + ['', ''];
    if ($name === '' || strlen($secret) < 32) {
        return null;
    }
    $current = new CurrentUser();
    $user = $current->user();
    if ($user === null || $current->isMasqueradingAdmin()) {
        return null;
    }
    $client = $current->client();
    $clientId = $client === null ? null : (int) $client->id;
    $issuer = getenv('KVITT_IDENTITY_ISSUER') ?: 'kundzon';
    $claims = kvitt_claims((int) $user->id, (string) $user->email, $clientId, $issuer, time());
    return kvitt_sign($claims, $name, $secret);
}

add_hook('ClientAreaFooterOutput', 1, function ($vars) {
    $widget = (string) getenv('KVITT_WIDGET_URL');
    if ($widget === '') {
        return '';
    }
    $attributes = ['src' => $widget];
    $token = kvitt_token();
    if ($token !== null) {
        $attributes['data-identity'] = $token;
    }
    $html = '<script async';
    foreach ($attributes as $name => $value) {
        $html .= sprintf(' %s="%s"', $name, htmlspecialchars($value, ENT_QUOTES, 'UTF-8'));
    }
    return $html . '></script>';
});
