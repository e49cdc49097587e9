package markets

// Forget makes the next All and Programme read the database. Save and SaveProgramme do it themselves; call it when
// they ran on another Service and nobody hears of changes.
func (s *Service) Forget() {
	s.markets.Forget()
	s.programme.Forget()
}
