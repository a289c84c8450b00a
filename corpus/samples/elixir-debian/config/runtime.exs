import Config

config :guestbook, port: String.to_integer(System.get_env("APP_PORT", "4000"))
